package procactor_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is the test binary as a plain program of that role.
func program(t testing.TB, role string) procactor.Daemon {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return procactor.Daemon{Args: []string{self}, Env: append(os.Environ(), roleVariable+"="+role)}
}

// What is so on each system; daemon_unix_test.go has what needs signals.
func TestPlainProgram(t *testing.T) {
	sys := newSystem(t)
	var out journal
	d := program(t, "tool exit 3")
	d.Stderr = &out
	end := procactor.RunDaemon(t.Context(), sys, d)
	assert.Equal(t, 3, exitOf(t, end).Code)
	assert.Equal(t, supervise.Cause{Err: end, Exited: true, Code: 3}, supervise.CauseOf(end))
	assert.Contains(t, out.text(), "this is the end")
	assert.Contains(t, end.Error(), "this is the end")

	require.NoError(t, procactor.RunDaemon(t.Context(), sys, program(t, "tool cat")))

	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name: "top", Children: []supervise.ChildSpec{procactor.DaemonChild("silent", program(t, "silent"))},
	})
	require.NoError(t, err)
	process, up := procactor.DaemonAt(sys, "top/silent").Process()
	require.True(t, up)
	killProcess(t, process)
	require.Eventually(t, func() bool {
		now, up := procactor.DaemonAt(sys, "top/silent").Process()
		return up && now != process
	}, hangGuard, hangGuard/10000, "it is restarted")
	process, _ = procactor.DaemonAt(sys, "top/silent").Process()
	require.NoError(t, sup.TerminateChild(t.Context(), "silent"))
	requireGone(t, process)

	early := program(t, "tool exit 4")
	early.Ready.Line = func(string) bool { return false }
	_, err = procactor.StartDaemon(t.Context(), sys, "early", early)
	var failed *actor.StartError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 4, exitOf(t, err).Code)
}

// What is shown of an error is what Redact makes of it; programs find all of it.
func TestRedact(t *testing.T) {
	sys := newSystem(t)
	hide := func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") }
	gone := filepath.Join(t.TempDir(), "hunter2")

	_, err := procactor.StartDaemon(t.Context(), sys, "program", procactor.Daemon{Args: []string{gone}, Redact: hide})
	var missing *procactor.CommandError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, gone, missing.Program)
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), "***")

	worker := procactor.Program(gone)
	worker.Redact = hide
	_, err = procactor.Start(t.Context(), sys, "worker", worker)
	var notFound *exec.Error
	require.ErrorAs(t, err, &notFound)
	assert.Equal(t, gone, notFound.Name)
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), "***")

	dies := program(t, "tool exit 3")
	dies.Redact = func(s string) string { return strings.ReplaceAll(s, filepath.Base(dies.Args[0]), "***") }
	err = procactor.RunDaemon(t.Context(), sys, dies)
	assert.Equal(t, 3, exitOf(t, err).Code)
	assert.Contains(t, err.Error(), "*** process")
}

// A Redact that panics ends neither the program nor the actor, and shows nothing.
func TestRedactPanics(t *testing.T) {
	sys := newSystem(t)
	panics := func(s string) string { panic(s) }
	gone := filepath.Join(t.TempDir(), "hunter2")

	_, err := procactor.StartDaemon(t.Context(), sys, "program", procactor.Daemon{Args: []string{gone}, Redact: panics})
	var missing *procactor.CommandError
	require.ErrorAs(t, err, &missing)
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), "Redact panicked")

	worker := procactor.Program(gone)
	worker.Redact = panics
	_, err = procactor.Start(t.Context(), sys, "worker", worker)
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), "Redact panicked")

	dies := program(t, "tool exit 3")
	dies.Redact = panics
	err = procactor.RunDaemon(t.Context(), sys, dies)
	assert.Equal(t, 3, exitOf(t, err).Code)
	assert.NotContains(t, err.Error(), filepath.Base(dies.Args[0]))
	assert.Contains(t, err.Error(), "Redact panicked")
}

// A variable that no process can have is an error, not left out in silence.
func TestDaemonVariableWithANUL(t *testing.T) {
	d := program(t, "tool cat")
	d.Env = append(d.Env, "KEY=\x00hunter2")
	err := procactor.RunDaemon(t.Context(), newSystem(t), d)
	var refused *procactor.CommandError
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, err.Error(), `"KEY"`)
	assert.NotContains(t, err.Error(), "hunter2")
}
