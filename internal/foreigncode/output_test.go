package foreigncode_test

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// sink is a writer of a user.
type sink struct{ do func() }

func (s sink) Write(p []byte) (int, error) { s.do(); return len(p), nil }

// source is a reader of a user, which does harm when it is read, or closed.
type source struct {
	do      func()
	inClose bool
	rest    io.Reader
}

func (s source) Read(p []byte) (int, error) {
	if !s.inClose {
		s.do()
	}
	return s.rest.Read(p)
}

func (s source) Close() error {
	if s.inClose {
		s.do()
	}
	return nil
}

func outputRows() []row {
	return []row{{
		place: "writers of `WithOutput`",
		names: "procactor.WithOutput",
		says: map[string]string{
			panics: "it gets nothing more, and the log says so; the call goes on", exits: "the same",
			blocks: "the call waits for it, and for two seconds after its ctx; then it is left behind", isNil: "that stream goes where it goes without",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				_, err := prints.On(w).Call(procactor.WithOutput(t.Context(), nil, nil), 1)
				require.NoError(t, err)
				return
			}
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			_, err := prints.On(w).Call(procactor.WithOutput(ctx, sink{harm}, sink{harm}), 1)
			if column == blocks {
				return // it has returned; the answer may have come before the end of ctx
			}
			require.NoError(t, err)
			_, err = prints.On(w).Call(t.Context(), 1)
			require.NoError(t, err)
		},
	}, {
		place: "the function of `WithMeasures`",
		names: "procactor.WithMeasures",
		says: map[string]string{
			panics: "the call fails, `Done`, with the `*PanicError`, after its own error if it had one; in `Map` so does its pair", exits: "the caller's; the worker is free",
			blocks: "the caller's; the worker is free", isNil: "nobody is told",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			ctx := procactor.WithMeasures(t.Context(), nil)
			if column != isNil {
				ctx = procactor.WithMeasures(t.Context(), func(procactor.Measures) { harm() })
			}
			ranged := func() (last error) {
				for _, err := range procactor.Map(ctx, does.On(w), slices.Values([]ask{{}})) {
					last = err
				}
				return last
			}
			switch column {
			case isNil:
				_, err := does.On(w).Call(ctx, ask{})
				require.NoError(t, err)
				require.NoError(t, ranged())
			case panics:
				var crash *actor.PanicError
				_, err := does.On(w).Call(ctx, ask{})
				requireCall(t, err, actor.Done)
				require.ErrorAs(t, err, &crash)
				err = ranged()
				requireCall(t, err, actor.Done)
				require.ErrorAs(t, err, &crash)
				_, err = nothing.On(w).Call(ctx, 0)
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
				require.ErrorAs(t, err, &crash)
			default:
				callers(t, column, func() { _, _ = does.On(w).Call(ctx, ask{}) })
				callers(t, column, func() { _ = ranged() })
			}
			_, err := does.On(w).Call(t.Context(), ask{})
			require.NoError(t, err, "the worker is free")
		},
	}, {
		place: "`Worker.Stdout` and `Stderr`",
		names: "procactor.Worker.Stdout procactor.Worker.Stderr",
		says: map[string]string{
			panics: "it gets nothing more, and the log says so; the worker goes on", exits: "the same",
			blocks: "the worker's writes wait, its calls do not; two seconds after its end it is left behind", isNil: "lines go to the log",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := worker()
			if column != isNil {
				w.Stdout, w.Stderr = sink{harm}, sink{harm}
			}
			pool, err := procactor.StartPool(t.Context(), sys, "w", w, procactor.PoolConfig{Size: 1})
			require.NoError(t, err)
			for range 2 {
				_, err := prints.On(pool).Call(t.Context(), 1)
				require.NoError(t, err)
			}
		},
	}, {
		place: "`Daemon.Stdout` and `Stderr`",
		names: "procactor.Daemon.Stdout procactor.Daemon.Stderr",
		says: map[string]string{
			panics: "it gets nothing more, and the log says so; the program goes on", exits: "the same",
			blocks: "the program's writes wait; two seconds after its end it is left behind", isNil: "lines go to the log",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			d := procactor.Daemon{Args: tool("copy")}
			if column != isNil {
				d.Stdout, d.Stderr = sink{harm}, sink{harm}
			}
			require.NoError(t, procactor.RunDaemon(t.Context(), sys, d))
		},
	}, {
		place: "`Commands.Stdout` and `Stderr`",
		names: "procactor.Commands.Stdout procactor.Commands.Stderr",
		says: map[string]string{
			panics: "it gets nothing more, and the log says so; the call goes on", exits: "the same",
			blocks: "the call ends two seconds after its ctx", isNil: "there are no copies; lines of standard error go to the log",
		},
		run: func(t *testing.T, column string, harm func()) {
			commands := procactor.Commands{}
			if column != isNil {
				commands.Stdout, commands.Stderr = sink{harm}, sink{harm}
			}
			err := runCommandOn(t, column, commands, procactor.Command{Stdin: strings.NewReader("text")})
			if column == blocks {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				return
			}
			require.NoError(t, err)
		},
	}, {
		place: "`Command.Stdout`",
		names: "procactor.Command.Stdout",
		says: map[string]string{
			panics: "the process is ended, and the call fails with it", exits: "the same",
			blocks: "the call ends two seconds after its ctx", isNil: "it is kept for the `Result`",
		},
		run: func(t *testing.T, column string, harm func()) {
			var out io.Writer
			if column != isNil {
				out = sink{harm}
			}
			err := runCommand(t, column, procactor.Command{Stdout: out})
			if column == isNil {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			var failed *procactor.CommandError
			if column != blocks {
				require.ErrorAs(t, err, &failed)
			}
		},
	}, {
		place: "`Command.Stdin`, its `Read` and `Close`",
		names: "procactor.Command.Stdin",
		says: map[string]string{
			panics: "of Read: the process is ended, and the call fails with it; of Close: nothing", exits: "the same",
			blocks: "neither the process nor the call waits; it is left behind, which is logged", isNil: "the program reads nothing",
		},
		run: func(t *testing.T, column string, harm func()) {
			if column == isNil {
				require.NoError(t, runCommand(t, column, procactor.Command{}))
				return
			}
			err := runCommand(t, column, procactor.Command{Stdin: source{do: harm, rest: strings.NewReader("text")}})
			require.Error(t, err)
			const waits = "" // for its end, which comes whatever Close does
			err = runCommand(t, waits, procactor.Command{Stdin: source{do: harm, rest: strings.NewReader("text"), inClose: true}})
			require.NoError(t, err)
		},
	}}
}

// runCommand runs the tool, which copies its input, as cmd says.
func runCommand(t *testing.T, column string, cmd procactor.Command) error {
	t.Helper()
	return runCommandOn(t, column, procactor.Commands{}, cmd)
}

// runCommandOn is runCommand on a host of these commands.
func runCommandOn(t *testing.T, column string, commands procactor.Commands, cmd procactor.Command) error {
	t.Helper()
	commands.Grace = 100 * time.Millisecond
	host, err := procactor.StartCommands(t.Context(), system(t), "tools", commands)
	require.NoError(t, err)
	cmd.Path, cmd.Args = os.Args[0], tool("copy")[1:]
	task := procactor.NewCommandTask("c",
		func(context.Context, int, string) (procactor.Command, error) { return cmd, nil },
		func(procactor.Result) (int, error) { return 1, nil })
	ctx := t.Context()
	if column == blocks {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 500*time.Millisecond)
		defer cancel()
	}
	_, err = task.On(host).Call(ctx, 1)
	return err
}

func startRows() []row {
	return []row{{
		place: "`Worker.Channel`, and what it returns",
		names: "procactor.Worker.Channel",
		says: map[string]string{
			panics: "a failed start, a `*WorkerError`; of what it returned, the end of the worker", exits: "the same",
			blocks: "a failed start at the `StartTimeout`; of what it returned, the worker is killed as silent, or its start as too slow", isNil: "there is none; one that returns nil is a failed start",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := worker()
			w.StartTimeout = time.Second
			w.Channel = func(io.ReadWriteCloser) io.ReadWriteCloser {
				if harm != nil {
					harm()
				}
				return nil
			}
			_, err := procactor.Start(t.Context(), sys, "w", w)
			var wrong *procactor.WorkerError
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, "Channel", wrong.Field)
			if column == isNil {
				return
			}
			for _, method := range []string{"Read", "Write", "Close"} {
				w.Channel = func(own io.ReadWriteCloser) io.ReadWriteCloser { return cable{own, method, harm} }
				p, err := procactor.Start(t.Context(), sys, "w", w)
				if method != "Close" {
					require.Error(t, err, method)
					continue
				}
				require.NoError(t, err, method)
				_ = p.Stop(t.Context())
			}
		},
	}, {
		place: "`Redact` of a Worker, a Daemon or Commands",
		names: "procactor.Worker.Redact procactor.Daemon.Redact procactor.Commands.Redact",
		says: map[string]string{
			panics: "the text is withheld", exits: "the text is withheld", blocks: "the text is withheld, after five seconds", isNil: "all is shown",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			d, w := procactor.Daemon{Args: tool("fail")}, procactor.Program(os.Args[0], toolArgument, "fail")
			if column != isNil {
				d.Redact = func(text string) string { harm(); return text }
				w.Redact = d.Redact
			}
			err := procactor.RunDaemon(t.Context(), sys, d)
			require.Error(t, err)
			_, startErr := procactor.Start(t.Context(), sys, "w", w)
			require.Error(t, startErr)
			for _, text := range []string{err.Error(), startErr.Error()} {
				assert.Equal(t, column != isNil, strings.Contains(text, "not shown"), text)
			}
		},
	}, {
		place: "`Readiness.Probe`",
		names: "procactor.Readiness.Probe",
		says: map[string]string{
			panics: "the try has failed", exits: "the try has failed", blocks: "a failed start at `Readiness.Timeout`; it is left behind", isNil: "nothing is probed",
		},
		run: func(t *testing.T, column string, harm func()) {
			var probe func(context.Context) error
			if harm != nil {
				probe = func(context.Context) error { harm(); return nil }
			}
			startDaemon(t, column, procactor.Readiness{Probe: probe})
		},
	}, {
		place: "`Readiness.Line`",
		names: "procactor.Readiness.Line",
		says: map[string]string{
			panics: "a no, which the log tells once", exits: "the same", blocks: "a failed start at `Readiness.Timeout`", isNil: "no line is looked for",
		},
		run: func(t *testing.T, column string, harm func()) {
			var line func(string) bool
			if harm != nil {
				line = func(string) bool { harm(); return true }
			}
			startDaemon(t, column, procactor.Readiness{Line: line})
		},
	}, {
		place: "`Readiness.StderrLine`",
		names: "procactor.Readiness.StderrLine",
		says: map[string]string{
			panics: "a no, which the log tells once", exits: "the same", blocks: "a failed start at `Readiness.Timeout`", isNil: "no line is looked for",
		},
		run: func(t *testing.T, column string, harm func()) {
			var line func(string) bool
			if harm != nil {
				line = func(string) bool { harm(); return true }
			}
			startDaemon(t, column, procactor.Readiness{StderrLine: line})
		},
	}}
}

// startDaemon holds that a program is not ready in time, but in the column isNil.
func startDaemon(t *testing.T, column string, ready procactor.Readiness) {
	t.Helper()
	sys := system(t)
	ready.Timeout = 500 * time.Millisecond
	_, err := procactor.StartDaemon(t.Context(), sys, "d", procactor.Daemon{Args: tool("stay"), Grace: 100 * time.Millisecond, Ready: ready})
	if column == isNil {
		require.NoError(t, err)
		return
	}
	var failed *actor.StartError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
}

// cable is a channel of a user.
type cable struct {
	io.ReadWriteCloser
	method string
	do     func()
}

func (c cable) in(method string) {
	if c.method == method {
		c.do()
	}
}

func (c cable) Read(p []byte) (int, error)  { c.in("Read"); return c.ReadWriteCloser.Read(p) }
func (c cable) Write(p []byte) (int, error) { c.in("Write"); return c.ReadWriteCloser.Write(p) }

func (c cable) Close() error {
	err := c.ReadWriteCloser.Close()
	c.in("Close")
	return err
}
