package procactor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// useTool makes the test binary a plain program: one that knows nothing of
// workers.
func useTool(what string) int {
	verb, arg, _ := strings.Cut(what, " ")
	n, _ := strconv.Atoi(arg)
	switch verb {
	case "cat":
		_, _ = io.Copy(os.Stdout, os.Stdin)
	case "show":
		dir, _ := os.Getwd()
		_ = json.NewEncoder(os.Stdout).Encode(shown{os.Args[1:], os.Environ(), dir})
	case "exit":
		fmt.Fprintln(os.Stderr, "this is the end")
		return n
	case "gush":
		for piece := bytes.Repeat([]byte("g"), 64<<10); n > 0; n -= len(piece) {
			if _, err := os.Stdout.Write(piece[:min(n, len(piece))]); err != nil {
				return 1
			}
		}
	case "files": // leaves what is not easily removed
		_ = os.MkdirAll("a/b", 0o700)
		_ = os.WriteFile("a/b/locked", []byte("kept"), 0o400)
		_ = os.Chmod("a/b", 0o500)
		_ = os.Chmod("a", 0o500)
	case "half": // and a good exit code
		fmt.Print(`{"whole":`)
	case "puppet":
		return useStrand()
	case "kit":
		return useKit()
	}
	return 0
}

// shown is what a tool was given.
type shown struct {
	Args, Env []string
	Dir       string
}

// termed is a context that is done when the process is asked to end.
func termed() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGTERM)
}

// useStrand is a puppet on its standard input.
func useStrand() int {
	ctx, stop := termed()
	defer stop()
	var s strand
	if err := json.NewDecoder(os.Stdin).Decode(&s); err != nil {
		return 98
	}
	text, err := obey(ctx, s)
	fmt.Print(text)
	if err != nil {
		return 97
	}
	return 0
}

// useKit is the conformance kit's actor for one request.
func useKit() int {
	ctx, stop := termed()
	defer stop()
	var req targettest.Request
	if err := json.NewDecoder(os.Stdin).Decode(&req); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 98
	}
	defer func() {
		if p := recover(); p != nil { // as a program without a runtime dies
			fmt.Fprintln(os.Stderr, p)
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {}
		}
	}()
	var resp targettest.Response
	err := targettest.Handle(ctx, req, func(r targettest.Response) error { resp = r; return nil })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = json.NewEncoder(os.Stdout).Encode(resp)
	return 0
}

// tool is the test binary as that program.
func tool(t testing.TB, what string, args ...string) procactor.Command {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return procactor.Command{Path: self, Args: args, Env: append(os.Environ(), roleVariable+"=tool "+what)}
}

// shot is a call of the command task that does what it is told. Nothing of it
// is encoded, so it may hold anything.
type shot struct {
	cmd   procactor.Command
	build func(ctx context.Context, dir string) error
}

// shoot runs one shot and returns the Result as it is.
var shoot = inspect(func(procactor.Result) error { return nil })

// inspect has a function look at what a shot has left.
func inspect(look func(procactor.Result) error) procactor.Task[shot, procactor.Result] {
	return procactor.NewCommandTask("shoot", func(ctx context.Context, s shot, dir string) (procactor.Command, error) {
		if s.build != nil {
			return s.cmd, s.build(ctx, dir)
		}
		return s.cmd, nil
	}, func(r procactor.Result) (procactor.Result, error) { return r, look(r) })
}

// marionette is a puppet that is a plain program.
func marionette(t testing.TB) procactor.Task[strand, string] {
	cmd := tool(t, "puppet")
	return procactor.NewCommandTask("marionette", func(_ context.Context, s strand, _ string) (procactor.Command, error) {
		text, err := json.Marshal(s)
		c := cmd
		c.Stdin = bytes.NewReader(text)
		return c, err
	}, func(r procactor.Result) (string, error) {
		if r.ExitCode != 0 {
			return "", &codeError{r.ExitCode, string(r.Stderr)}
		}
		return string(r.Stdout), nil
	})
}

// codeError is a tool's exit code as the typed error of a task.
type codeError struct {
	code int
	text string
}

func (e *codeError) Error() string { return fmt.Sprintf("exit code %d: %s", e.code, e.text) }

// commandsIn are commands, one process at a time, with the private directories below
// a directory of the test, which must be empty at its end.
func commandsIn(t testing.TB) procactor.Commands {
	t.Helper()
	c := procactor.Commands{Limit: 1, Dir: t.TempDir()}
	t.Cleanup(func() {
		left, err := os.ReadDir(c.Dir)
		require.NoError(t, err)
		require.Empty(t, left, "private directories are left")
	})
	return c
}

// startCommands starts a host of commands for a test.
func startCommands(t testing.TB, c procactor.Commands) *procactor.CommandHost {
	t.Helper()
	h, err := procactor.StartCommands(t.Context(), newSystem(t), "w", c)
	require.NoError(t, err)
	return h
}

// commandErrorOf returns the *CommandError in err.
func commandErrorOf(t testing.TB, err error) *procactor.CommandError {
	t.Helper()
	var c *procactor.CommandError
	require.ErrorAs(t, err, &c)
	return c
}

// journal is a writer that may be read meanwhile.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// script writes a file for a test, which may be run.
func script(t testing.TB, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(path, []byte(text), mode))
	require.NoError(t, os.Chmod(path, mode))
	return path
}
