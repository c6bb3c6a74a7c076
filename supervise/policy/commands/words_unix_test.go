//go:build unix

package commands_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever writes a file reads of its keys, and of no fields or functions of Go.
func TestHintsAreInTheWordsOfAFile(t *testing.T) {
	dir := t.TempDir()
	crlf := filepath.Join(dir, "crlf")
	require.NoError(t, os.WriteFile(crlf, []byte("#!/bin/sh\r\nexec sleep 1000\r\n"), 0o700))
	env := map[string]string{"CRLF": crlf, "DIR": dir}
	for name, tt := range map[string]struct{ child, want string }{
		"one text":               {`command: ["redis-server --port 6380"]`, "give the program and each argument as texts of their own"},
		"a home":                 {`command: ["~/bin/x"]`, `only one makes a home directory of "~"`},
		"a variable":             {`command: ["$HOME/bin/x"]`, "in a policy file write ${HOME}"},
		"a line":                 {`command: ["cd /srv && ./x"]`, `["sh", "-c", `},
		"CRLF":                   {`command: ["${CRLF}"]`, "it has Windows line endings"},
		"CRLF, a worker":         {`command: ["${CRLF}"], ready: {frame: true}`, "it has Windows line endings"},
		"CRLF, a pool":           {`command: ["${CRLF}"], ready: {frame: true}, pool: {size: 1}`, "it has Windows line endings"},
		"a probe":                {`command: [sleep, 1000], ready: {command: ["true --now"], timeout: 100ms}`, "as texts of their own"},
		"a directory":            {`command: [sleep, 1000], dir: "${DIR}/none"`, "make it, or name another"},
		"a directory, a home":    {`command: [sleep, 1000], dir: "~/srv"`, `only one makes a home directory of "~"`},
		"a directory, a worker":  {`command: [sleep, 1000], dir: "${DIR}/none", ready: {frame: true}`, "or leave dir out"},
		"a plain program":        {`command: [sleep, 1000], ready: {frame: true, timeout: 100ms}`, "the program must be a worker of Proctor"},
		"a plain program, ended": {`command: ["true"], ready: {frame: true}`, "the program must be a worker of Proctor"},
		"at an interval":         {`command: ["~/bin/x"], every: 1ms, shutdown: 1s`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := start(t, `supervisor: {intensity: 0, children: [{id: a, `+tt.child+`}]}`, env, nil)
			if err == nil {
				<-tr.top.Done()
				err = tr.top.Err()
			}
			require.ErrorContains(t, err, tt.want)
			assert.NotRegexp(t, `\b(Daemon|Worker|Command|Readiness|Spec|Policy)\.[A-Z]|^does it call`, err.Error())
		})
	}
}
