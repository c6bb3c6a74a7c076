package procactor_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// copyOfSelf is another file with this test binary in it.
func copyOfSelf(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/exe")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.WriteFile(path, text, 0o700))
	return path
}

// A program that was just written may still be open for writing in a child that
// was forked meanwhile, and cannot be run until that has gone on to its own
// program: the start waits for it, but not for ever.
func TestProgramThatIsBusy(t *testing.T) {
	t.Parallel()
	path := copyOfSelf(t)
	writer, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	sys := quietSystem(t)
	_, err = procactor.Start(t.Context(), sys, "never", procactor.Program(path))
	require.ErrorIs(t, err, syscall.ETXTBSY, "for as long as it is open")

	time.AfterFunc(5*time.Millisecond, func() { _ = writer.Close() })
	p := begin(t, sys, "w", procactor.Program(path))
	_, err = act.On(p).Call(t.Context(), deed{Do: "pid"})
	assert.NoError(t, err)
}

// Guarantee(restarts): On Linux, a Self worker is the program that runs, even if its file has since been replaced on disk.
func TestSelfIsTheProgramThatRuns(t *testing.T) {
	t.Parallel()
	path := copyOfSelf(t)
	var out []byte
	err := error(syscall.ETXTBSY)
	for errors.Is(err, syscall.ETXTBSY) && t.Context().Err() == nil { // other tests fork, too
		cmd := exec.CommandContext(t.Context(), path)
		cmd.Env = append(os.Environ(), partVariable+"=replaced")
		out, err = cmd.Output()
	}
	require.NoError(t, err)
	assert.Equal(t, "served \"\" <nil>\n", string(out))
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "#!/bin/sh\nexit 9\n", string(now), "it was replaced")
}
