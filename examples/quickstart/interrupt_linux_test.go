package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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

// Guarantee: Ctrl-C ends the quickstart at any time and leaves none of its processes.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	const child = "-quickstart-goroutine"
	isChild := func(line []byte) bool { return bytes.Contains(line, []byte(child)) }
	tests := []struct {
		name    string
		now     func(lines [][]byte) bool
		signals int
	}{
		{"at the begin", func([][]byte) bool { return true }, 1},
		{"while a goroutine runs in a child", func(lines [][]byte) bool {
			return len(lines) == 2 && (isChild(lines[0]) || isChild(lines[1]))
		}, 1},
		{"while workers run", func(lines [][]byte) bool { return len(lines) == 4 }, 1},
		{"twice while workers run", func(lines [][]byte) bool { return len(lines) == 4 }, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := ownCopy(t)
			ctx, cancel := context.WithTimeout(t.Context(), bound)
			defer cancel()
			var stdout, stderr bytes.Buffer
			cmd := exec.CommandContext(ctx, path, "-workers", "3", "-src", smallTree(t, 3000))
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
