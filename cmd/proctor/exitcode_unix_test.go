//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(proctor): proctor run exits with the code of the significant child with which the tree ended, 128+N after signal N as in a shell; 0 for a tree that was stopped, 1 for one that gave up; stderr says whose code it is.
func TestExitCodeOfARun(t *testing.T) {
	t.Parallel()
	job := func(id, script string) string {
		return "    - {id: " + id + ", restart: temporary, significant: true, command: [sh, -c, '" + script + "']}\n"
	}
	anyOf := "supervisor:\n  auto_shutdown: any_significant\n  children:\n"
	for name, tt := range map[string]struct {
		tree, code, says string
	}{
		"well":       {anyOf + job("tests", "exit 0"), "0", "child=tests code=0"},
		"42":         {anyOf + job("tests", "exit 42"), "42", "the tree has ended with tests, whose exit code this is: sh process"},
		"killed":     {anyOf + job("tests", "kill -KILL $$"), "137", "the tree has ended with tests, whose exit code this is"},
		"terminated": {anyOf + job("tests", "kill -TERM $$"), "143", "the tree has ended with tests, whose exit code this is"},
		"of one beneath": {
			anyOf + "    - id: suite\n      restart: temporary\n      significant: true\n      supervisor:\n        auto_shutdown: any_significant\n        children:\n    " +
				strings.ReplaceAll(job("tests", "exit 42"), "    - ", "        - "),
			"42", "the tree has ended with suite/tests",
		},
		"gave up": {"supervisor:\n  intensity: 1\n  children:\n    - {id: crash, command: [sh, -c, 'exit 7']}\n", "1", "the tree gave up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			file := p.write(t, "tree.yaml", tt.tree)
			run := p.command("run", file)
			script := exec.Command("sh", append([]string{"-c", `"$@"; echo "exit code $?"`, "sh"}, run.Args...)...)
			script.Env, script.Dir = run.Env, p.dir
			var said strings.Builder
			script.Stderr = &said
			out, err := script.Output()
			require.NoError(t, err)
			assert.Contains(t, string(out), "exit code "+tt.code+"\n", "%s", said.String())
			assert.Contains(t, said.String(), tt.says)
		})
	}
}

func TestExitCodeOfTheLastOfAll(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "tree.yaml", `
supervisor:
  auto_shutdown: all_significant
  children:
    - {id: last, restart: temporary, significant: true, command: [sh, -c, 'while [ ! -e go ]; do sleep 0.01; done; exit 4']}
    - {id: first, restart: temporary, significant: true, command: [sh, -c, 'exit 3']}
`))
	r.await(t, "child=first reason=") // its supervisor knows
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "go"), nil, 0o600))
	assert.Equal(t, 4, r.end(t), r.text())
	assert.Contains(t, r.text(), "the tree has ended with last, whose exit code this is")
}

func TestExitCodeOfAStop(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "tree.yaml", `
supervisor:
  auto_shutdown: any_significant
  children:
    - {id: job, restart: temporary, significant: true, command: [sh, -c, 'trap "exit 9" TERM; echo up; while :; do sleep 0.01; done']}
`))
	r.await(t, "up")
	stopped := p.do(t, "stop", "--all")
	require.Equal(t, 0, stopped.code, stopped.stderr)
	assert.Zero(t, r.end(t), "it was asked to: %s", r.text())
}
