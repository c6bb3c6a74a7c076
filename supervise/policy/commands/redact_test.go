package commands_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

// die ends its worker.
var die = procactor.NewTask("die", func(context.Context, string) (string, error) {
	os.Exit(3)
	return "", nil
})

// named is a copy of this program that has the secret's name.
func named(t *testing.T, secret string) (path string) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	program, err := os.ReadFile(exe)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), secret)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	require.NoError(t, os.WriteFile(path, program, 0o700))
	return path
}

// Guarantee(secrets): When a program dies, the error names it as the policy file does, without the values of variables.
func TestDeathsTellNoSecret(t *testing.T) {
	path := named(t, "hunter2")
	for name, kind := range map[string]string{
		"plain": "", "every": ", every: 10ms", "not ready": `, ready: {stdout: "^never$"}`,
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := start(t, `supervisor: {intensity: 0, children: [{id: a, command: ["${PROGRAM}", play, fail]`+kind+`}]}`, map[string]string{"PROGRAM": path}, nil)
			if err == nil {
				<-tr.top.Done()
				err = tr.top.Err()
			}
			assert.NotContains(t, err.Error(), "hunter2")
			assert.Contains(t, err.Error(), "${PROGRAM}")
			var gaveUp *supervise.IntensityError
			if errors.As(err, &gaveUp) {
				err = gaveUp.Deaths[0].Reason
			}
			var died *procactor.ExitError
			require.ErrorAs(t, err, &died)
			assert.Equal(t, path, died.Program, "programs see what it was")
			assert.Equal(t, 3, died.Code)
		})
	}
}

// TestPoolsTellNoSecret: nor does the log of a pool that cannot replace a worker.
func TestPoolsTellNoSecret(t *testing.T) {
	path := named(t, "hunter2")
	file, err := policy.Parse("test.yaml", []byte(`supervisor: {children: [{id: a, command: ["${PROGRAM}"], ready: {frame: true}, pool: {size: 1}}]}`),
		func(string) (string, bool) { return path, true })
	require.NoError(t, err)
	spec, err := file.Spec(policy.Fill{Command: commands.Maker(commands.Options{})})
	require.NoError(t, err)
	log := &lines{all: make(chan string), stop: t.Context().Done()}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	t.Cleanup(func() { assert.NoError(t, sys.Close(context.Background())) })
	_, err = supervise.Start(t.Context(), sys, spec)
	require.NoError(t, err)

	require.NoError(t, os.Rename(path, path+"-gone"))
	ended := make(chan error, 1)
	go func() { _, err := die.On(procactor.HostAt(sys, "top/a")).Call(context.Background(), ""); ended <- err }()
	for line := range log.all {
		assert.NotContains(t, line, "hunter2")
		if strings.Contains(line, "could not be started") || strings.Contains(line, "can never be started") {
			assert.Contains(t, line, "${PROGRAM}")
			break
		}
	}
	var died *procactor.ExitError
	assert.ErrorAs(t, <-ended, &died)
}
