package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// processes lists the command lines of all processes that run the program at
// path.
func processes(t *testing.T, path string) [][]byte {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(t, err)
	var found [][]byte
	for _, link := range links {
		// A process that ends meanwhile, or is another user's, has no link.
		if exe, err := os.Readlink(link); err == nil && exe == path {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "cmdline"))
			found = append(found, line)
		}
	}
	return found
}

// ownCopy gives a test a program of its own, so that it can count processes.
func ownCopy(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "quickstart")
	require.NoError(t, os.Link(program, path))
	return path
}

// arguments are of the processes that are no worker: the program as the test
// starts it, the child for a goroutine, and the guardian.
const (
	programArgument  = "-workers"
	childArgument    = "-quickstart-goroutine"
	guardianArgument = "proctor-guardian"
)

// running counts the processes whose command line has one of arguments.
func running(lines [][]byte, arguments ...string) (n int) {
	for _, line := range lines {
		if slices.ContainsFunc(arguments, func(a string) bool { return bytes.Contains(line, []byte("\x00"+a+"\x00")) }) {
			n++
		}
	}
	return n
}

// How many there are at a time depends on how busy the machine is: only that
// there is one of a kind says where the program is.
func childRuns(lines [][]byte) bool { return running(lines, childArgument) > 0 }

func workersRun(lines [][]byte) bool {
	return len(lines) > running(lines, programArgument, childArgument, guardianArgument)
}

func TestWhatRuns(t *testing.T) {
	t.Parallel()
	line := func(arguments ...string) []byte { return []byte(strings.Join(arguments, "\x00") + "\x00") }
	main, child, guardian, worker := line("q", "-workers", "3"), line("q", childArgument), line("q", guardianArgument), line("q")
	assert.False(t, childRuns([][]byte{main, guardian, worker}))
	assert.True(t, childRuns([][]byte{child, main}))
	assert.False(t, workersRun([][]byte{main}))
	assert.False(t, workersRun([][]byte{main, child}))
	assert.False(t, workersRun([][]byte{main, guardian, main}), "one that is a copy of the program until it is a worker")
	assert.True(t, workersRun([][]byte{main, guardian, worker}))
	assert.True(t, workersRun([][]byte{main, guardian, worker, worker, worker}), "all of them at once")
}

// Guarantee(orphans): Ctrl-C ends the quickstart at any time and leaves none of its processes.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		now     func(lines [][]byte) bool
		signals int
	}{
		{"at the begin", func([][]byte) bool { return true }, 1},
		{"while a goroutine runs in a child", childRuns, 1},
		{"while workers run", workersRun, 1},
		{"twice while workers run", workersRun, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := ownCopy(t)
			ctx, cancel := context.WithTimeout(t.Context(), bound)
			defer cancel()
			var stdout, stderr bytes.Buffer
			cmd := exec.CommandContext(ctx, path, programArgument, "3", "-src", smallTree(t, 3000))
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { return tt.now(processes(t, path)) }, bound, time.Millisecond)

			for range tt.signals {
				if err := cmd.Process.Signal(syscall.SIGINT); !errors.Is(err, os.ErrProcessDone) {
					require.NoError(t, err)
				}
			}
			var exit *exec.ExitError
			require.ErrorAs(t, cmd.Wait(), &exit)
			assert.Empty(t, processes(t, path))
			assert.Empty(t, stdout.String())
			if tt.name != "at the begin" { // it may not have asked for the signal yet
				assert.Equal(t, statusInterrupted, exit.ExitCode(), stderr.String())
				assert.Contains(t, stderr.String(), "quickstart: interrupted\n")
			}
		})
	}
}
