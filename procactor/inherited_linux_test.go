package procactor_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// filesOf are the files that the process has open, by their base names.
func filesOf(t *testing.T, pid int) map[string]int {
	t.Helper()
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]int{}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			files[filepath.Base(to)], _ = strconv.Atoi(e.Name())
		}
	}
	return files
}

// openFor opens a file for whoever is started: it is not close-on-exec.
func openFor(t *testing.T, name string) int {
	t.Helper()
	fd, err := unix.Open(filepath.Join(t.TempDir(), name), unix.O_CREAT|unix.O_RDWR, 0o600)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// Guarantee(secrets): A worker and the guardian close the descriptors they inherit from their parent, such as a lock file's, except those that something in the worker has taken over.
func TestWorkerInheritsNoDescriptors(t *testing.T) { // not beside others: at hundreds of descriptors a look is used again for a moment
	lock := openFor(t, "some lock")
	high, err := unix.FcntlInt(uintptr(openFor(t, "far lock")), unix.F_DUPFD, 500)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(high) })
	taken := openFor(t, "taken lock")
	sys := quietSystem(t)
	w := as("inherits:" + strconv.Itoa(taken))
	p := begin(t, sys, "w", w)
	s, err := act.On(p).Call(t.Context(), deed{Do: "env"})
	require.NoError(t, err)
	assert.NotContains(t, s, "PROCTOR_INHERITED")
	files := filesOf(t, procactor.ProcessID(p))
	assert.NotContains(t, files, "some lock", "it is %d here", lock)
	assert.NotContains(t, files, "far lock")
	assert.Contains(t, files, "taken lock", "an init function took it over")
	assert.Contains(t, files, "own file (deleted)", "an init function opened it")
	require.Eventually(t, func() bool { // it is no worker, that is ready: it comes to its Main when it does
		guardian := filesOf(t, procactor.GuardianOf(sys))
		return guardian["some lock"]+guardian["far lock"]+guardian["taken lock"] == 0
	}, patience, time.Millisecond)

	// One that is opened later is seen at the next spawn.
	openFor(t, "late lock")
	next := begin(t, sys, "next", w)
	assert.NotContains(t, filesOf(t, procactor.ProcessID(next)), "late lock")
}

// The docs say that a library cannot keep its plain programs from it.
func TestPlainProgramsInherit(t *testing.T) {
	t.Parallel()
	openFor(t, "plain lock")
	out, err := exec.Command("sh", "-c", "ls -l /proc/self/fd").Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), "plain lock", "os/exec cannot either")
	var said strings.Builder
	require.NoError(t, procactor.RunDaemon(t.Context(), quietSystem(t), procactor.Daemon{Args: []string{"sh", "-c", "ls -l /proc/self/fd"}, Stdout: &said}))
	assert.Contains(t, said.String(), "plain lock", "if this can be had, the docs should say so")
}
