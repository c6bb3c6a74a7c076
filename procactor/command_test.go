package procactor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommandIsCalledLikeAnyTask(t *testing.T) {
	h := startCommands(t, commandsIn(t))
	cmd := tool(t, "cat")
	cmd.Stdin = strings.NewReader("through a process")
	res, err := shoot.On(h).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, "through a process", string(res.Stdout))
	assert.Zero(t, res.ExitCode)
	for res, err := range shoot.On(h).Stream(t.Context(), shot{cmd: tool(t, "gush 3")}) {
		require.NoError(t, err)
		assert.Equal(t, "ggg", string(res.Stdout))
	}
}

// Guarantee(programs): A command gets its arguments as they are, since no shell reads them; the Command or the Commands set its environment and directory.
func TestCommandArgumentsAndSurroundings(t *testing.T) {
	c := commandsIn(t)
	c.Env = append(os.Environ(), "OF=worker", roleVariable+"=tool show", wire.EnvVersion+"=9.9")
	p := startCommands(t, c)
	show := func(cmd procactor.Command, dir *string) shown {
		res, err := shoot.On(p).Call(t.Context(), shot{cmd, func(_ context.Context, d string) error {
			*dir = d
			return os.Mkdir(filepath.Join(d, "below"), 0o700)
		}})
		require.NoError(t, err)
		var s shown
		require.NoError(t, json.Unmarshal(res.Stdout, &s), "%s", res.Stdout)
		s.Dir = actual(t, c.Dir, s.Dir)
		return s
	}
	var dir string
	odd := []string{"", " a b ", `"q'`, "$HOME", "*", "é世", "-x"}
	cmd := tool(t, "show", odd...)
	cmd.Env = nil
	s := show(cmd, &dir)
	assert.Equal(t, odd, s.Args)
	assert.Contains(t, s.Env, "OF=worker")
	assert.NotContains(t, strings.Join(s.Env, "\n"), wire.EnvVersion, "it must not take itself for a worker")
	assert.Equal(t, filepath.Base(dir), s.Dir)

	cmd = tool(t, "show")
	cmd.Dir = "below"
	s = show(cmd, &dir)
	assert.NotContains(t, s.Env, "OF=worker", "a Command's own environment is all of it")
	assert.Equal(t, filepath.Join(filepath.Base(dir), "below"), s.Dir)
}

// actual is a path relative to root, whatever links lead there.
func actual(t *testing.T, root, path string) string {
	root, err := filepath.EvalSymlinks(root)
	require.NoError(t, err)
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	rel, err := filepath.Rel(root, path)
	require.NoError(t, err)
	return rel
}

// Guarantee(programs): A command task maps exit codes itself, to an answer or to its own typed error.
func TestCommandExitCodes(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	mapped := inspect(func(r procactor.Result) error {
		if r.ExitCode > 1 {
			return &codeError{r.ExitCode, string(r.Stderr)}
		}
		return nil
	})
	res, err := mapped.On(p).Call(t.Context(), shot{cmd: tool(t, "exit 1")})
	require.NoError(t, err, "one is an answer, to this task")
	assert.Equal(t, 1, res.ExitCode)
	assert.Equal(t, "this is the end\n", string(res.Stderr))

	_, err = mapped.On(p).Call(t.Context(), shot{cmd: tool(t, "exit 2")})
	failed(t, err, actor.Done)
	var code *codeError
	require.ErrorAs(t, err, &code)
	assert.Equal(t, codeError{2, "this is the end\n"}, *code)

	_, err = mapped.Idempotent().On(p).Call(t.Context(), shot{cmd: tool(t, "exit 3")})
	failed(t, err, actor.Done)
	require.NoError(t, mapped.On(p).Cast(t.Context(), shot{cmd: tool(t, "exit 4")}), "nobody waits for what a cast returns")
}

// A good exit code says nothing about the output: parse does.
func TestCommandWithHalfOfItsOutput(t *testing.T) {
	var v map[string]bool
	parsed := inspect(func(r procactor.Result) error { return json.Unmarshal(r.Stdout, &v) })
	_, err := parsed.On(startCommands(t, commandsIn(t))).Call(t.Context(), shot{cmd: tool(t, "half")})
	failed(t, err, actor.Done)
	var syntax *json.SyntaxError
	assert.ErrorAs(t, err, &syntax)
}

// Guarantee(programs): Each command has an empty directory of its own, which is gone when the call has returned, whatever was put there and however the call ended.
func TestCommandPrivateDirectory(t *testing.T) {
	c := commandsIn(t)
	p := startCommands(t, c)
	seen := map[string]bool{}
	look := inspect(func(r procactor.Result) error {
		kept, err := os.ReadFile(filepath.Join(r.Dir, "a/b/locked"))
		require.NoError(t, err)
		given, err := os.ReadFile(filepath.Join(r.Dir, "given"))
		require.NoError(t, err)
		assert.Equal(t, "kept given", string(kept)+" "+string(given))
		if len(seen) == 2 {
			panic("parse panics")
		}
		return nil
	})
	give := func(_ context.Context, dir string) error {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, entries)
		seen[dir] = true
		return os.WriteFile(filepath.Join(dir, "given"), []byte("given"), 0o600)
	}
	empty := func() {
		t.Helper()
		left, err := os.ReadDir(c.Dir)
		require.NoError(t, err)
		assert.Empty(t, left)
	}
	_, err := look.On(p).Call(t.Context(), shot{tool(t, "files"), give})
	require.NoError(t, err)
	empty()
	assert.PanicsWithValue(t, "parse panics", func() { _, _ = look.On(p).Call(t.Context(), shot{tool(t, "files"), give}) })
	empty()
	bad := errors.New("the disk is full")
	_, err = look.On(p).Call(t.Context(), shot{tool(t, "files"), func(ctx context.Context, dir string) error {
		return errors.Join(give(ctx, dir), bad)
	}})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, bad)
	empty()
	assert.Panics(t, func() {
		_, _ = look.On(p).Call(t.Context(), shot{tool(t, "files"), func(context.Context, string) error { panic("build panics") }})
	})
	empty()
	assert.Len(t, seen, 3, "each call has its own")
	_, err = shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	assert.NoError(t, err, "its place is free after panics")
}

func TestCommandStdoutGoesElsewhere(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	const size = 3 << 20
	gush := fmt.Sprint("gush ", size)

	var out bytes.Buffer
	cmd := tool(t, gush)
	cmd.Stdout = &out
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Nil(t, res.Stdout)
	assert.Equal(t, size, out.Len())

	cmd = tool(t, gush)
	cmd.StdoutFile = "out"
	_, err = inspect(func(r procactor.Result) error {
		info, err := os.Stat(filepath.Join(r.Dir, "out"))
		require.NoError(t, err)
		assert.EqualValues(t, size, info.Size())
		return nil
	}).On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)

	cmd.Stdout = &out
	_, err = shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	failed(t, err, actor.NotSent)
	assert.Contains(t, commandErrorOf(t, err).Error(), "StdoutFile")
}

// Guarantee(programs): A command that writes more than is kept is killed, and its call fails with a *wire.LimitError.
func TestCommandWritesTooMuch(t *testing.T) {
	c := commandsIn(t)
	c.MaxBody = wire.MinBody
	p := startCommands(t, c)
	runs := 0
	count := func(context.Context, string) error { runs++; return nil }
	_, err := shoot.Idempotent().On(p).Call(t.Context(), shot{tool(t, "gush 1000000000"), count})
	failed(t, err, actor.Unknown)
	var limit *wire.LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, wire.BoundBody, limit.What)
	assert.EqualValues(t, wire.MinBody, limit.Limit)
	assert.Contains(t, commandErrorOf(t, err).Hint, "StdoutFile")
	assert.Equal(t, 1, runs, "it would write as much again")
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: tool(t, fmt.Sprint("gush ", wire.MinBody))})
	require.NoError(t, err, "up to the limit is well")
	assert.Len(t, res.Stdout, wire.MinBody)
}

// refusing is a writer, and a reader, that fails.
type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }
func (r refusing) Read([]byte) (int, error)  { return 0, r.err }

func TestCommandWhoseReaderOrWriterFails(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	full := &fs.PathError{Op: "write", Path: "disk", Err: fs.ErrPermission}
	cmd := tool(t, "gush 100")
	cmd.Stdout = refusing{full}
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	failed(t, err, actor.Unknown)
	require.ErrorIs(t, err, full)
	assert.Contains(t, commandErrorOf(t, err).Error(), "Command.Stdout")

	cmd = tool(t, "cat")
	cmd.Stdin = refusing{full}
	_, err = shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	failed(t, err, actor.Unknown)
	require.ErrorIs(t, err, full)
	assert.Contains(t, commandErrorOf(t, err).Error(), "Command.Stdin")
	assert.Empty(t, commandErrorOf(t, err).Hint, "it has nothing to do with the program")
}

func TestCommandThatCannotStart(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	dir := t.TempDir()
	tests := []struct {
		name string
		cmd  procactor.Command
		is   error
		hint string
	}{
		{"no such name", procactor.Command{Path: "no-such-program-anywhere"}, nil, "install it"},
		{"no such path", procactor.Command{Path: filepath.Join(dir, "none")}, startErrors[0], "install it"},
		{"no name", procactor.Command{}, nil, "install it"},
		{"no directory", procactor.Command{Path: os.Args[0], Dir: "none"}, nil, "leave Command.Dir empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := &closer{Reader: strings.NewReader("x")}
			tt.cmd.Stdin = in
			_, err := shoot.Idempotent().On(p).Call(t.Context(), shot{cmd: tt.cmd})
			failed(t, err, actor.NotSent)
			c := commandErrorOf(t, err)
			assert.Equal(t, tt.cmd.Path, c.Program)
			assert.Equal(t, "shoot", c.Task)
			assert.Contains(t, c.Error(), tt.hint)
			if tt.is != nil {
				assert.ErrorIs(t, err, tt.is)
			}
			assert.EqualValues(t, 1, in.closed.Load(), "its stdin is closed")
		})
	}
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	require.NoError(t, err)
	assert.Equal(t, "g", string(res.Stdout))
}

func TestCommandsAndTasksOnTheWrongHost(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	_, err := square.On(p).Call(t.Context(), 2)
	failed(t, err, actor.NotSent)
	var misfit *procactor.HandshakeError
	require.ErrorAs(t, err, &misfit)
	assert.Contains(t, misfit.Error(), "made by Self or Program")
	assert.Contains(t, misfit.Error(), "NewCommandTask")
	for _, err := range count.On(p).Stream(t.Context(), 2) {
		failed(t, err, actor.NotSent)
		require.ErrorAs(t, err, &misfit)
	}

	worker := start(t, role(t, "offers-command"))
	_, err = shoot.On(worker).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	require.ErrorAs(t, err, &misfit)
	assert.Contains(t, misfit.Error(), "procactor.StartCommands")
	_, err = procactor.NewTask[int, int]("shoot", nil).On(worker).Call(t.Context(), 1)
	require.ErrorAs(t, err, &misfit)
	assert.Equal(t, "only the tasks square", misfit.Has, "a command task is not offered")
	works(t, worker)
}

func TestCommandTaskWithoutFunctions(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	_, err := procactor.NewCommandTask[int, int]("half declared", nil, nil).On(p).Call(t.Context(), 1)
	failed(t, err, actor.NotSent)
	assert.ErrorContains(t, err, "without its build or parse function")
}

func TestCommandTaskWithTheNameOfAnother(t *testing.T) {
	err := startFails(t, role(t, "twice-as-command"))
	assert.ErrorContains(t, err, `task "square" is given to Main twice`)
}

func TestCommandsWithoutTheirDirectory(t *testing.T) {
	c := procactor.Commands{Dir: filepath.Join(t.TempDir(), "none")}
	_, err := procactor.StartCommands(t.Context(), newSystem(t), "w", c)
	var failure *actor.StartError
	require.ErrorAs(t, err, &failure)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	c.Dir = os.Args[0]
	_, err = procactor.StartCommands(t.Context(), newSystem(t), "w", c)
	require.ErrorAs(t, err, &failure)
	assert.ErrorIs(t, err, syscall.ENOTDIR)
}

// The directory for private directories goes while the host is up.
func TestCommandWithoutRoomForItsDirectory(t *testing.T) {
	c := procactor.Commands{Dir: filepath.Join(t.TempDir(), "below")}
	require.NoError(t, os.Mkdir(c.Dir, 0o700))
	p := startCommands(t, c)
	require.NoError(t, os.Remove(c.Dir))
	_, err := shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "private directory")
}

func TestCommandCallTellsAndMeasures(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	var call procactor.Call
	var cost procactor.Measures
	ctx := procactor.WithMeasures(procactor.WithTraceparent(t.Context(), "00-trace"), func(m procactor.Measures) { cost = m })
	keyed := shoot.WithKey(func(shot) string { return "k" })
	_, err := keyed.On(p).Call(ctx, shot{tool(t, "gush 1"), func(ctx context.Context, _ string) error {
		call = procactor.CallFrom(ctx)
		return nil
	}})
	require.NoError(t, err)
	assert.Equal(t, procactor.Call{Traceparent: "00-trace", Key: "k", Attempt: 1}, call)
	assert.Positive(t, cost.Run)
	assert.Positive(t, cost.CPU)
}
