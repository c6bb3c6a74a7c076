package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openIn are the processes of which one of the files is the one.
func openIn(t *testing.T, file string) (pids []int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	require.NoError(t, err)
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == file {
			pid, err := strconv.Atoi(strings.Split(link, "/")[2])
			require.NoError(t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

// Guarantee(secrets): Descriptors that proctor run was started with beyond the standard three, such as a lock file's, reach no program, except by --pass-fd or from a service manager.
func TestLockFileIsNotInherited(t *testing.T) {
	t.Parallel()
	const tree = `
supervisor:
  children: [{id: one, command: [sh, -c, 'trap "exit 0" TERM; echo up; while :; do sleep 0.01; done']}]
`
	for name, test := range map[string]struct {
		wrapped string // what starts it
		passed  bool
	}{
		"not":                  {`exec "$@"`, false},
		"asked for":            {`exec "$@" --pass-fd 4`, true},
		"by a service manager": {`LISTEN_PID=$$ LISTEN_FDS=2 exec "$@"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			file := p.write(t, "one.yaml", tree)
			lock, err := os.Create(filepath.Join(p.dir, "lock"))
			require.NoError(t, err)
			other, err := os.Open(os.DevNull)
			require.NoError(t, err)
			r := p.runAs(t, func(cmd *exec.Cmd) {
				sh, err := exec.LookPath("sh")
				require.NoError(t, err)
				cmd.Path, cmd.Args = sh, append([]string{"sh", "-c", test.wrapped, "sh", os.Args[0]}, cmd.Args[1:]...)
				cmd.ExtraFiles = []*os.File{other, lock}
			}, file)
			r.await(t, "up")
			_ = lock.Close()
			var holders []int
			require.Eventually(t, func() bool { // the guardian closes it when it comes to its Main, which may be late
				holders = openIn(t, lock.Name())
				return !strings.Contains(names(holders), "proctor-guardian")
			}, hangGuard, time.Millisecond)
			assert.Contains(t, holders, r.cmd.Process.Pid)
			assert.Equal(t, test.passed, len(holders) > 1, "of %d and %v; it is never the guardian's: %s", r.cmd.Process.Pid, holders, names(holders))
			r.signal(t, syscall.SIGTERM)
			assert.Zero(t, r.end(t), r.text())
		})
	}
}

// names are what the processes were started as.
func names(pids []int) string {
	var all []string
	for _, pid := range pids {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		all = append(all, strings.ReplaceAll(string(line), "\x00", " "))
	}
	return strings.Join(all, "; ")
}

func TestPassingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.do(t, "run", "--pass-fd", "77", p.write(t, "pair.yaml", pair))
	assert.Equal(t, 2, r.code)
	assert.Contains(t, r.stderr, "--pass-fd 77: this process was given no such descriptor")
}
