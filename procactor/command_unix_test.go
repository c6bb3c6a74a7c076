//go:build unix

package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sh is a shell's command.
func sh(line string, args ...string) procactor.Command {
	return procactor.Command{Path: "sh", Args: append([]string{"-c", line, "sh"}, args...)}
}

// gone waits until the process that a command named has ended.
func gone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	require.NoError(t, err)
	requireGone(t, n)
}

// Guarantee(programs): A command's call ends when its process does, even if something it left running holds its output; that is killed along with its group.
func TestCommandThatForksAndExits(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: sh("sleep 1000 & echo $!; echo more >&2; exit 5")})
	require.NoError(t, err)
	assert.Equal(t, 5, res.ExitCode)
	assert.Equal(t, "more\n", string(res.Stderr))
	gone(t, string(res.Stdout))
}

func TestCommandThatIgnoresTerm(t *testing.T) {
	c := commandsIn(t)
	c.Grace = 50 * time.Millisecond
	p := startCommands(t, c)
	ctx, cancel := context.WithCancelCause(t.Context())
	bored := errors.New("bored")
	var out journal
	got := call(procactor.WithOutput(ctx, &out, nil), shoot.On(p), shot{cmd: sh("trap '' TERM; echo $$; while :; do sleep 0.01; done")})
	require.Eventually(t, func() bool { return strings.Contains(out.text(), "\n") }, patience, time.Millisecond)
	cancel(bored)
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	require.ErrorIs(t, err, bored)
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: sh("echo next")})
	require.NoError(t, err)
	assert.Equal(t, "next\n", string(res.Stdout), "its place is free")
	gone(t, out.text())
}

// Guarantee(programs): A canceled command is asked to end along with its whole process group, and its slot stays taken until it has ended.
func TestCommandIsAskedToEndWithItsGroup(t *testing.T) {
	p := startCommands(t, commandsIn(t)) // ten seconds of grace
	ctx, cancel := context.WithCancel(t.Context())
	var out journal
	// The shell waits for a child that says how it ends.
	line := `trap : TERM; sh -c 'trap "echo asked >>\"$0\"; exit" TERM; echo $$; while :; do sleep 0.01; done' "$1" & wait; wait`
	trace := t.TempDir() + "/trace"
	got := call(procactor.WithOutput(ctx, &out, nil), shoot.On(p), shot{cmd: sh(line, trace)})
	require.Eventually(t, func() bool { return strings.Contains(out.text(), "\n") }, patience, time.Millisecond)
	cancel()
	failed(t, wait(t, "the call's end", got).err, actor.Unknown)
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: sh(":")})
	require.NoError(t, err)
	said, err := os.ReadFile(trace)
	require.NoError(t, err)
	assert.Equal(t, "asked\n", string(said))
	gone(t, out.text())
}

func TestCommandThatIsStopped(t *testing.T) {
	c := commandsIn(t)
	c.Grace = 2 * patience // KILL must not be what ends it
	p := startCommands(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	var out journal
	got := call(procactor.WithOutput(ctx, &out, nil), shoot.On(p), shot{cmd: sh("echo $$; kill -STOP $$; sleep 1000")})
	require.Eventually(t, func() bool { return strings.Contains(out.text(), "\n") }, patience, time.Millisecond)
	cancel()
	failed(t, wait(t, "the call's end", got).err, actor.Unknown)
	gone(t, out.text()) // CONT has woken it for its TERM
}

// yes writes without end, head ends after its gigabyte.
func TestCommandThatWritesAGigabyte(t *testing.T) {
	c := commandsIn(t)
	c.MaxBody = 1 << 20
	p := startCommands(t, c)
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: procactor.Command{Path: "yes"}})
	failed(t, err, actor.Unknown)
	var limit *wire.LimitError
	require.ErrorAs(t, err, &limit)

	giga := scale.Rounds(t, 1, 16) << 26
	var n byteCount
	cmd := sh("yes | head -c " + strconv.Itoa(giga))
	cmd.Stdout = &n
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Zero(t, res.ExitCode)
	assert.EqualValues(t, giga, n)
}

type byteCount int64

func (c *byteCount) Write(p []byte) (int, error) { *c += byteCount(len(p)); return len(p), nil }

func TestCommandThatIsNoProgram(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	tests := []struct {
		name string
		path string
		is   error
		hint string
	}{
		{"not executable", script(t, "#!/bin/sh\n", 0o600), fs.ErrPermission, "make it executable"},
		{"a directory", t.TempDir(), nil, ""},
		{"a script without interpreter", script(t, "echo hello\n", 0o700), syscall.ENOEXEC, "begins with #!"},
		{"a script whose interpreter is not there", script(t, "#!/no/such/interpreter -x\n", 0o700), fs.ErrNotExist, "names the interpreter /no/such/interpreter"},
		{"empty", script(t, "", 0o700), syscall.ENOEXEC, "begins with #!"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := shoot.Idempotent().On(p).Call(t.Context(), shot{cmd: procactor.Command{Path: tt.path}})
			failed(t, err, actor.NotSent)
			c := commandErrorOf(t, err)
			assert.Equal(t, tt.path, c.Program)
			assert.Contains(t, c.Error(), tt.hint)
			if tt.is != nil {
				assert.ErrorIs(t, err, tt.is)
			}
		})
	}
}

// Opening a named pipe that nobody reads would never end.
func TestCommandWhoseStdoutFileIsAPipe(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	cmd := sh("exit 0")
	cmd.StdoutFile = "pipe"
	_, err := shoot.On(p).Call(t.Context(), shot{cmd, func(_ context.Context, dir string) error {
		return syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600)
	}})
	failed(t, err, actor.NotSent)
	assert.ErrorContains(t, commandErrorOf(t, err), "named pipe")
}

func TestCommandRelativeToTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("here", []byte("#!/bin/sh\necho from here\n"), 0o700))
	p := startCommands(t, commandsIn(t))
	plant := func(_ context.Context, dir string) error {
		return os.WriteFile(dir+"/here", []byte("#!/bin/sh\necho from the private directory\n"), 0o700)
	}
	res, err := shoot.On(p).Call(t.Context(), shot{procactor.Command{Path: "./here"}, plant})
	require.NoError(t, err)
	assert.Equal(t, "from here\n", string(res.Stdout))

	t.Setenv("PATH", "."+string(os.PathListSeparator)+os.Getenv("PATH"))
	_, err = shoot.On(p).Call(t.Context(), shot{procactor.Command{Path: "here"}, plant})
	failed(t, err, actor.NotSent)
	assert.Contains(t, commandErrorOf(t, err).Hint, "./here")
}

// Guarantee(programs): A command that a signal ended is an *ExitError with its code, signal and last words, as for a worker; its slot is unaffected.
func TestCommandThatDies(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	before, ok := p.PID()
	require.True(t, ok)
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: sh("echo last words >&2; kill -SEGV $$")})
	failed(t, err, actor.Unknown)
	exit := exitOf(t, err)
	assert.Equal(t, syscall.SIGSEGV, exit.Signal)
	assert.Equal(t, -1, exit.Code)
	assert.False(t, exit.Killed)
	assert.Equal(t, "sh", exit.Program)
	assert.Equal(t, "last words\n", string(exit.Stderr))
	assert.Equal(t, procactor.CallStarted, exit.CallState)
	assert.Contains(t, err.Error(), "sh process ")
	after, ok := p.PID()
	require.True(t, ok)
	assert.Equal(t, before, after)
}

// An idempotent command that dies is delivered again, twice at most; a key that killed three is refused.
func TestCommandQuarantine(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	runs := 0
	attempts := []int{}
	count := func(ctx context.Context, _ string) error {
		runs++
		attempts = append(attempts, procactor.CallFrom(ctx).Attempt)
		return nil
	}
	deadly := shot{sh("kill -KILL $$"), count}
	_, err := shoot.On(p).Call(t.Context(), deadly)
	failed(t, err, actor.Unknown)
	assert.Equal(t, 1, runs, "at most once unless it is idempotent")

	runs, attempts = 0, nil
	keyed := shoot.Idempotent().WithKey(func(shot) string { return "a key" })
	_, err = keyed.On(p).Call(t.Context(), deadly)
	failed(t, err, actor.Unknown)
	var poison *procactor.PoisonError
	require.ErrorAs(t, err, &poison)
	assert.Len(t, poison.Deaths, 3)
	assert.Equal(t, []int{1, 2, 3}, attempts)
	_, err = keyed.On(p).Call(t.Context(), deadly)
	failed(t, err, actor.NotSent)
	require.ErrorAs(t, err, &poison)
	assert.Equal(t, 3, runs, "it is not even built")

	second := 0
	res, err := shoot.Idempotent().On(p).Call(t.Context(), shot{sh("test -e \"$1\" || { : >\"$1\"; kill -KILL $$; }; echo well", t.TempDir()+"/once"), func(context.Context, string) error {
		second++
		return nil
	}})
	require.NoError(t, err)
	assert.Equal(t, "well\n", string(res.Stdout))
	assert.Equal(t, 2, second)
}

// Guarantee(output): The call's writers get a copy of a command's stdout, and its stderr, all of it before the call returns.
func TestCommandOutput(t *testing.T) {
	var rest, restErr journal
	c := commandsIn(t)
	c.Stdout, c.Stderr = &rest, &restErr
	p := startCommands(t, c)
	var out, errOut bytes.Buffer
	line := sh("for i in 1 2 3; do echo out; echo err >&2; done")
	for range 20 {
		out.Reset()
		errOut.Reset()
		res, err := shoot.On(p).Call(procactor.WithOutput(t.Context(), &out, &errOut), shot{cmd: line})
		require.NoError(t, err)
		assert.Equal(t, "out\nout\nout\n", string(res.Stdout))
		assert.Equal(t, "out\nout\nout\n", out.String())
		assert.Equal(t, "err\nerr\nerr\n", errOut.String())
		assert.Equal(t, "err\nerr\nerr\n", string(res.Stderr))
	}
	assert.Empty(t, rest.text()+restErr.text())
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: line})
	require.NoError(t, err)
	assert.Equal(t, "out\nout\nout\n", rest.text(), "without the call's writers, the Worker's")
	assert.Equal(t, "err\nerr\nerr\n", restErr.text())
}

func TestNoCommandOutputAfterCancel(t *testing.T) {
	c := commandsIn(t)
	p := startCommands(t, c)
	for range 5 {
		begun := make(chan struct{}, 1)
		out, errOut := &guarded{begun: begun}, &guarded{begun: begun}
		ctx, cancel := context.WithCancel(procactor.WithOutput(t.Context(), out, errOut))
		got := call(ctx, shoot.On(p), shot{cmd: sh("trap '' TERM; for i in 1 2 3 4 5 6 7 8 9; do echo more; echo more >&2; sleep 0.001; done")})
		wait(t, "its beginning", begun)
		cancel()
		wait(t, "the call's end", got)
		out.closed.Store(true)
		errOut.closed.Store(true)
		_, err := shoot.On(p).Call(t.Context(), shot{cmd: sh(":")})
		require.NoError(t, err)
		assert.False(t, out.late.Load() || errOut.late.Load())
	}
}

// guarded is a writer that says when it is first written to, and notes a write
// after it was closed.
type guarded struct {
	begun        chan struct{}
	closed, late atomic.Bool
}

func (g *guarded) Write(p []byte) (int, error) {
	select {
	case g.begun <- struct{}{}:
	default:
	}
	if g.closed.Load() {
		g.late.Store(true)
	}
	return len(p), nil
}

func TestExitErrorOfACommandNamesItsProgram(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: procactor.Command{Path: "/bin/sh", Args: []string{"-c", "kill -KILL $$"}}})
	assert.Equal(t, "/bin/sh", exitOf(t, err).Program)
	assert.Regexp(t, `^sh process \d+ was ended by signal 9`, exitOf(t, err).Error())
}

func TestCommandWhoseStdinFileBlocks(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close() //nolint:errcheck // it holds nothing
	cmd := tool(t, "exit 7")
	cmd.Stdin = r
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, 7, res.ExitCode)
	require.Eventually(t, func() bool { _, err := r.Stat(); return errors.Is(err, os.ErrClosed) }, patience, time.Millisecond)
}
