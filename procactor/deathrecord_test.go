package procactor_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logRecords is a system and the records that it has written when it is closed.
type logRecords struct {
	sys *actor.System
	log syncBuffer
}

func newLogged(t *testing.T) *logRecords {
	l := &logRecords{}
	l.sys = actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, slog.NewJSONHandler(&l.log, nil)))))
	t.Cleanup(func() { _ = l.sys.Close(context.Background()) })
	return l
}

// records closes the system.
func (l *logRecords) records(t *testing.T) []map[string]any {
	t.Helper()
	require.NoError(t, l.sys.Close(context.Background()))
	var all []map[string]any
	for line := range strings.Lines(l.log.String()) {
		var r map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		all = append(all, r)
	}
	return all
}

const traceOfTest = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// Guarantee(blind): A worker's death is one log record, with its process, the task, key and trace of its call, and the traceback of a Go program as one attribute; its restart is another, with how much of the budget is used.
func TestOneRecordForOneDeath(t *testing.T) {
	for way, reason := range map[string]string{"panic": "boom", "map": "fatal error: concurrent map", "nil": "nil pointer"} {
		t.Run(way, func(t *testing.T) {
			if raceEnabled && way == "map" {
				t.Skip("the race detector has a report of its own for that, as the program's output")
			}
			l := newLogged(t)
			ctx := procactor.WithTraceparent(t.Context(), traceOfTest)
			sup, err := supervise.Start(ctx, l.sys, supervise.Spec{
				Name: "top", Policy: supervise.Policy{Intensity: 5}, Children: []supervise.ChildSpec{procactor.ProcessChild("w", quick())},
			})
			require.NoError(t, err)
			host := procactor.HostAt(l.sys, "top/w")
			pid := procactor.ProcessID(host)
			restarts := sup.Events(ctx)
			_, err = misbehave.WithKey(func(string) string { return "key 1" }).On(host).Call(ctx, way)
			require.Error(t, err)
			for e := range restarts {
				if e.Kind == supervise.EventStarted {
					break
				}
			}
			all := l.records(t)
			require.Len(t, all, 2, "%v", all)
			death, restart := all[0], all[1]
			assert.Equal(t, "child ended", death[slog.MessageKey])
			assert.Equal(t, "top", death["supervisor"])
			assert.Equal(t, "w", death["child"])
			assert.Equal(t, "top/w", death["worker"])
			assert.EqualValues(t, pid, death["process"])
			assert.EqualValues(t, 2, death["code"])
			assert.Equal(t, "misbehave", death["task"])
			assert.Equal(t, "key 1", death["key"])
			assert.Equal(t, traceOfTest, death["trace"])
			assert.Equal(t, true, death["restart"])
			assert.Contains(t, death["pid"], "top/w@")
			assert.Contains(t, death["reason"], reason)
			assert.Contains(t, death["stack"], "procactor_test.")
			assert.Contains(t, death["stack"], "tasks_test.go:")
			stack, _ := death["stack"].(string)
			assert.LessOrEqual(t, len(stack), 17<<10)
			assert.Equal(t, "child is restarted", restart[slog.MessageKey])
			assert.EqualValues(t, 1, restart["used"])
			assert.EqualValues(t, 5, restart["allowed"])
		})
	}
}

// Guarantee(blind): For a pool, the log has a record of each death and each restart of a worker, at most ten of each a second, and how many more there were.
func TestRecordsOfAPool(t *testing.T) {
	l := newLogged(t)
	ctx := procactor.WithTraceparent(t.Context(), traceOfTest)
	pool, err := procactor.StartPool(ctx, l.sys, "thumbs", quick(), procactor.PoolConfig{Size: 1, Budget: supervise.Budget{Intensity: 5}})
	require.NoError(t, err)
	for range 2 {
		_, err = misbehave.WithKey(func(string) string { return "k" }).On(pool).Call(ctx, "panic")
		require.Error(t, err)
		_, err = square.On(pool).Call(ctx, 2)
		require.NoError(t, err)
	}
	all := l.records(t)
	require.Len(t, all, 4, "%v", all)
	for i := range 2 {
		death, restart := all[2*i], all[2*i+1]
		assert.Equal(t, "worker of a pool ended", death[slog.MessageKey])
		assert.Equal(t, "thumbs", death["pool"])
		assert.Equal(t, "thumbs#1", death["worker"])
		assert.Contains(t, death["pid"], "thumbs#1@")
		assert.NotZero(t, death["process"])
		assert.Equal(t, "misbehave", death["task"])
		assert.Equal(t, "k", death["key"])
		assert.Equal(t, traceOfTest, death["trace"])
		assert.Contains(t, death["stack"], "doWrong(")
		assert.Equal(t, "worker of a pool is restarted", restart[slog.MessageKey])
		assert.Equal(t, "thumbs#1", restart["worker"])
		assert.EqualValues(t, 0, restart["used"], "a call explains it")
		assert.EqualValues(t, 5, restart["allowed"])
	}
}

// TestDeathsThatNoSupervisorHearsOf: nor a pool; the log has them once, too.
func TestDeathsThatNoSupervisorHearsOf(t *testing.T) {
	t.Run("worker", func(t *testing.T) {
		l := newLogged(t)
		p := begin(t, l.sys, "w", quick())
		down := misbehave.On(p).Watch(t.Context())
		_, err := misbehave.On(p).Call(t.Context(), "panic")
		require.Error(t, err)
		<-down
		all := l.records(t)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, "worker ended", all[0][slog.MessageKey])
		assert.Equal(t, "w", all[0]["worker"])
		assert.Equal(t, "misbehave", all[0]["task"])
		assert.NotContains(t, all[0], "key")
		assert.NotContains(t, all[0], "trace")
		assert.Contains(t, all[0]["stack"], "doWrong(")
	})
	t.Run("worker that crashes before Main", func(t *testing.T) {
		l := newLogged(t)
		d := program(t, "crash early")
		w := procactor.Program(d.Args[0])
		w.Env = d.Env
		_, err := procactor.Start(t.Context(), l.sys, "w", w)
		assert.Equal(t, "panic: early", exitOf(t, err).Panic.Error())
		all := l.records(t)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, "worker ended before it was ready", all[0][slog.MessageKey])
		assert.Contains(t, all[0]["stack"], "roles_test.go:")
	})
	t.Run("worker that was asked to end", func(t *testing.T) {
		l := newLogged(t)
		p := begin(t, l.sys, "w", quick())
		require.NoError(t, p.Stop(t.Context()))
		assert.Empty(t, l.records(t))
	})
}

func TestPlainProgramThatPanics(t *testing.T) {
	loud := func(t *testing.T) procactor.Daemon { return program(t, "crash loud") }
	t.Run("alone", func(t *testing.T) {
		l := newLogged(t)
		started, err := procactor.StartDaemon(t.Context(), l.sys, "d", loud(t))
		require.NoError(t, err)
		pid, _ := started.PID() // none: it is over
		<-l.sys.Watch(t.Context(), pid)
		all := l.records(t)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, "program ended", all[0][slog.MessageKey])
		assert.Equal(t, "d", all[0]["program"])
		assert.Contains(t, all[0]["stack"], "roles_test.go:")
	})
	t.Run("under a supervisor", func(t *testing.T) {
		l := newLogged(t)
		child := procactor.DaemonChild("d", loud(t))
		child.Restart = supervise.Temporary
		sup, err := supervise.Start(t.Context(), l.sys, supervise.Spec{Name: "top"})
		require.NoError(t, err)
		events := sup.Events(t.Context())
		_, err = sup.StartChild(t.Context(), child)
		require.NoError(t, err)
		for e := range events {
			if e.Kind == supervise.EventExited {
				break
			}
		}
		all := l.records(t)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, "child ended", all[0][slog.MessageKey])
		assert.Equal(t, "top/d", all[0]["program"])
		assert.Contains(t, all[0]["stack"], "roles_test.go:")
	})
	t.Run("that only says so", func(t *testing.T) {
		l := newLogged(t)
		d := program(t, "")
		d.Env = append(os.Environ(), partVariable+"=speaker:err panic: of another;err goroutine 1 [running]:")
		require.NoError(t, procactor.RunDaemon(t.Context(), l.sys, d))
		all := l.records(t)
		require.Len(t, all, 2, "%v", all)
		assert.Equal(t, "panic: of another", all[0][slog.MessageKey])
	})
	t.Run("as the run of an actor", func(t *testing.T) {
		l := newLogged(t)
		assert.Equal(t, "panic: loud", exitOf(t, procactor.RunDaemonFor(t.Context(), l.sys, "top/d", loud(t))).Panic.Error())
		assert.Empty(t, l.records(t), "who runs it has the error")
	})
	t.Run("that does not show its stack", func(t *testing.T) {
		l := newLogged(t)
		d := loud(t)
		d.Redact = func(string) string { return "secret" }
		started, err := procactor.StartDaemon(t.Context(), l.sys, "d", d)
		require.NoError(t, err)
		pid, _ := started.PID() // none: it is over
		<-l.sys.Watch(t.Context(), pid)
		all := l.records(t)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, "secret", all[0]["stack"])
		assert.Equal(t, "secret", all[0]["reason"])
	})
}

func TestCommandThatPanics(t *testing.T) {
	l := newLogged(t)
	place, err := procactor.StartCommands(t.Context(), l.sys, "tools", procactor.Commands{})
	require.NoError(t, err)
	crash := procactor.NewCommandTask("crash",
		func(context.Context, string, string) (procactor.Command, error) {
			return procactor.Command{Path: os.Args[0], Env: append(os.Environ(), roleVariable+"=crash tool")}, nil
		},
		func(r procactor.Result) (int, error) { return r.ExitCode, nil })
	code, err := crash.WithKey(func(string) string { return "k" }).On(place).Call(procactor.WithTraceparent(t.Context(), traceOfTest), "in")
	require.NoError(t, err, "what its exit means is the task's matter")
	assert.Equal(t, 2, code)
	all := l.records(t)
	require.Len(t, all, 1, "%v", all)
	assert.Equal(t, "a command crashed", all[0][slog.MessageKey])
	assert.Equal(t, "tools", all[0]["worker"])
	assert.Equal(t, "crash", all[0]["task"])
	assert.Equal(t, "k", all[0]["key"])
	assert.Equal(t, traceOfTest, all[0]["trace"])
	assert.Contains(t, all[0]["stack"], "roles_test.go:")
}

func TestCommandThatPanicsAndDoesNotShowIt(t *testing.T) {
	l := newLogged(t)
	secret := func(string) string { return "secret" }
	place, err := procactor.StartCommands(t.Context(), l.sys, "tools", procactor.Commands{Redact: secret})
	require.NoError(t, err)
	crash := procactor.NewCommandTask("crash",
		func(context.Context, string, string) (procactor.Command, error) {
			return procactor.Command{Path: os.Args[0], Env: append(os.Environ(), roleVariable+"=crash tool")}, nil
		},
		func(r procactor.Result) (string, error) { return string(r.Stderr), nil })
	said, err := crash.On(place).Call(t.Context(), "in")
	require.NoError(t, err)
	assert.Contains(t, said, "roles_test.go:", "the task has all of it")
	all := l.records(t)
	require.Len(t, all, 1, "%v", all)
	assert.Equal(t, "secret", all[0]["stack"])
	assert.Equal(t, "secret", all[0]["reason"])
}
