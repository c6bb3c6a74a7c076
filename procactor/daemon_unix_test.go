//go:build unix

package procactor_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/ready"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shell is a plain program that runs for long.
func shell(line string, args ...string) procactor.Daemon {
	return procactor.Daemon{Args: append([]string{"sh", "-c", line, "sh"}, args...), Stdout: io.Discard, Stderr: io.Discard}
}

// life starts a program that runs until something is done about it, and returns
// how it ends.
func life(t *testing.T, sys *actor.System, d procactor.Daemon) <-chan actor.Down {
	t.Helper()
	started, err := procactor.StartDaemon(t.Context(), sys, "d", d)
	require.NoError(t, err)
	pid, _ := started.PID()
	return sys.Watch(context.Background(), pid)
}

// brief is life for a program that may have ended before it could be watched.
func brief(t *testing.T, sys *actor.System, d procactor.Daemon) <-chan actor.Down {
	t.Helper()
	end := make(chan actor.Down, 1)
	slot := actor.NewSlot(sys, "d", func(d actor.Down) { end <- d })
	_, err := procactor.StartDaemon(t.Context(), slot, "d", d)
	require.NoError(t, err)
	t.Cleanup(func() {
		slot.Kill(actor.ErrKilled)
		slot.Release(actor.ErrNoActor)
	})
	return end
}

func TestDaemonEnds(t *testing.T) {
	for line, check := range map[string]func(t *testing.T, reason error, c supervise.Cause){
		"exit 0": func(t *testing.T, reason error, c supervise.Cause) {
			assert.ErrorIs(t, reason, actor.ErrNormal)
			assert.True(t, c.Exited)
			assert.Zero(t, c.Code)
		},
		"echo no space >&2; exit 7": func(t *testing.T, reason error, c supervise.Cause) {
			assert.False(t, actor.IsNormal(reason))
			assert.True(t, c.Exited)
			assert.Equal(t, 7, c.Code)
			assert.Contains(t, reason.Error(), "no space")
		},
		"exit 125": func(t *testing.T, _ error, c supervise.Cause) {
			assert.Equal(t, supervise.PermanentFailure, c.Code)
		},
		"kill -SEGV $$": func(t *testing.T, reason error, c supervise.Cause) {
			assert.False(t, actor.IsNormal(reason))
			assert.False(t, c.Exited)
			assert.Equal(t, "SIGSEGV", c.Signal)
			assert.False(t, c.OOM)
		},
		"kill -KILL $$": func(t *testing.T, reason error, c supervise.Cause) {
			assert.False(t, actor.IsNormal(reason))
			assert.NotErrorIs(t, reason, actor.ErrKilled, "it was not us")
			assert.False(t, exitOf(t, reason).Killed)
			assert.Equal(t, "SIGKILL", c.Signal)
		},
		"kill -TERM $$": func(t *testing.T, reason error, c supervise.Cause) {
			assert.False(t, actor.IsNormal(reason), "nobody asked it to end")
			assert.Equal(t, "SIGTERM", c.Signal)
		},
		"printf 'panic: no model\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1\nexit status 2\n' >&2; exit 2": func(t *testing.T, _ error, c supervise.Cause) {
			assert.Contains(t, c.Panic, "no model")
			assert.Equal(t, 2, c.Code)
		},
		"printf 'fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\n' >&2; exit 2": func(t *testing.T, _ error, c supervise.Cause) {
			assert.True(t, c.OOM)
		},
		"printf 'panic: only a log line\n' >&2; exit 2": func(t *testing.T, _ error, c supervise.Cause) {
			assert.Empty(t, c.Panic)
		},
	} {
		t.Run(line, func(t *testing.T) {
			sys := newSystem(t)
			reason := wait(t, "its end", brief(t, sys, shell(line))).Reason
			check(t, reason, supervise.CauseOf(reason))
			_, up := procactor.DaemonAt(sys, "d").Process()
			assert.False(t, up)
		})
	}
}

// Guarantee(programs): A plain program that is stopped gets TERM along with its whole process group, and KILL only when its time is over.
func TestDaemonIsStopped(t *testing.T) {
	polite := `trap 'echo asked' TERM; sh -c 'trap "echo child too; exit 0" TERM; echo up; while :; do sleep 0.01; done' & wait; wait; exit 3`
	deaf := `trap '' TERM; echo up; while :; do sleep 0.01; done`
	for name, tt := range map[string]struct {
		line  string
		grace time.Duration
		check func(t *testing.T, reason error, out string)
	}{
		"it ends on TERM": {polite, 2 * patience, func(t *testing.T, reason error, out string) {
			assert.ErrorIs(t, reason, actor.ErrShutdown)
			assert.NotErrorIs(t, reason, actor.ErrKilled)
			assert.Contains(t, out, "asked")
			assert.Contains(t, out, "child too")
		}},
		"it does not": {deaf, 20 * time.Millisecond, func(t *testing.T, reason error, _ string) {
			assert.ErrorIs(t, reason, actor.ErrKilled)
			assert.NotErrorIs(t, reason, actor.ErrShutdown, "it must not pass for a good end")
			assert.Equal(t, os.Kill, exitOf(t, reason).Signal)
		}},
		"it is not asked": {polite, actor.BrutalKill, func(t *testing.T, reason error, out string) {
			assert.ErrorIs(t, reason, actor.ErrKilled)
			assert.NotContains(t, out, "asked")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			sys := newSystem(t)
			var out journal
			d := shell(tt.line)
			d.Stdout, d.Grace = &out, tt.grace
			d.Ready.Line = func(line string) bool { return line == "up" }
			down := life(t, sys, d)
			pid, up := procactor.DaemonAt(sys, "d").Process()
			require.True(t, up)
			require.NoError(t, sys.Stop(t.Context(), "d"))
			tt.check(t, wait(t, "its end", down).Reason, out.text())
			requireGone(t, pid)
		})
	}
}

func TestDaemonWithAGraceThatCannotBeMeant(t *testing.T) {
	d := shell("exec sleep 1000")
	d.Grace = -time.Second
	_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
	var failed *actor.StartError
	require.ErrorAs(t, err, &failed)
	assert.ErrorContains(t, err, "Daemon.Grace is -1s")
}

// Guarantee(programs): A supervised plain program that does not end on TERM is killed when its shutdown time is over.
func TestDaemonHasItsShutdownTime(t *testing.T) {
	sys := newSystem(t)
	d := shell(`trap '' TERM; echo up; while :; do sleep 0.01; done`)
	d.Ready.Line = func(line string) bool { return line == "up" }
	spec := procactor.DaemonChild("deaf", d)
	assert.Zero(t, spec.Shutdown, "OTP's default")
	spec.Shutdown = 30 * time.Millisecond
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}})
	require.NoError(t, err)
	pid, up := procactor.DaemonAt(sys, "top/deaf").Process()
	require.True(t, up)
	require.NoError(t, sup.TerminateChild(t.Context(), "deaf"))
	requireGone(t, pid)
}

// Guarantee(programs): A plain program that is killed from outside is restarted by its supervisor.
func TestDaemonKilledFromOutsideIsRestarted(t *testing.T) {
	sys := newSystem(t)
	lives := make(chan string, 10)
	d := shell(`echo $$; exec sleep 1000`)
	d.Stdout = lineTo(lives)
	spec := procactor.DaemonChild("d", d)
	spec.Restart = supervise.Transient
	_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}})
	require.NoError(t, err)
	first, err := strconv.Atoi(wait(t, "the first life", (<-chan string)(lives)))
	require.NoError(t, err)
	killProcess(t, first)
	second, err := strconv.Atoi(wait(t, "the second life", (<-chan string)(lives)))
	require.NoError(t, err)
	assert.NotEqual(t, first, second)
}

// lineTo is a writer that sends what it is given.
type lineTo chan<- string

func (l lineTo) Write(p []byte) (int, error) {
	l <- strings.TrimSpace(string(p))
	return len(p), nil
}

func TestDaemonIsReady(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // of a test
	forever := `trap 'exit 0' TERM; while :; do sleep 0.01; done`
	tries := 0
	for name, r := range map[string]procactor.Readiness{
		"at once":   {},
		"line":      {Line: func(line string) bool { return line == "ready to serve" }},
		"TCP":       {Probe: ready.TCP(l.Addr().String())},
		"third try": {Interval: time.Millisecond, Probe: func(context.Context) error { tries++; return map[bool]error{false: errors.New("not yet")}[tries > 2] }},
		"command":   {Interval: time.Millisecond, Command: []string{"sh", "-c", `test -e "$FLAG" || { : >"$FLAG"; exit 1; }`}},
	} {
		t.Run(name, func(t *testing.T) {
			sys := newSystem(t)
			d := shell(`printf 'starting\nready '; echo 'to serve'; ` + forever)
			d.Env = append(os.Environ(), "FLAG="+filepath.Join(t.TempDir(), "flag"))
			d.Ready = r
			_, err := procactor.StartDaemon(t.Context(), sys, "d", d)
			require.NoError(t, err)
			_, up := procactor.DaemonAt(sys, "d").Process()
			assert.True(t, up)
			require.NoError(t, sys.Stop(t.Context(), "d"))
		})
	}
	assert.Equal(t, 3, tries)
}

// Guarantee(programs): The start of a plain program fails at once if it ends before it is ready, and says how it ended and with what last words.
func TestDaemonIsNotReady(t *testing.T) {
	never := func(string) bool { return false }
	forever := `trap 'exit 0' TERM; echo 'waiting for the database' >&2; echo waiting; while :; do sleep 0.01; done`
	free := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close() //nolint:errcheck // of a test
		return l.Addr().String()
	}()
	short := 30 * time.Millisecond
	for name, tt := range map[string]struct {
		line  string
		ready procactor.Readiness
		check func(t *testing.T, err error)
	}{
		"it ends, line":    {"echo 'port is in use' >&2; exit 4", procactor.Readiness{Line: never}, endedEarly},
		"it ends, TCP":     {"echo 'port is in use' >&2; exit 4", procactor.Readiness{Probe: ready.TCP(free)}, endedEarly},
		"it ends, command": {"echo 'port is in use' >&2; exit 4", procactor.Readiness{Command: []string{"sleep", "1000"}}, endedEarly},
		"late, line": {forever, procactor.Readiness{Line: never, Timeout: short}, func(t *testing.T, err error) {
			assert.ErrorIs(t, err, procactor.ErrStartTimeout)
		}},
		"late, TCP": {forever, procactor.Readiness{Probe: ready.TCP(free), Timeout: 5 * short, Interval: time.Millisecond}, func(t *testing.T, err error) {
			assert.ErrorIs(t, err, procactor.ErrStartTimeout)
		}},
		"late, command that hangs": {forever, procactor.Readiness{Command: []string{"sleep", "1000"}, Timeout: short}, func(t *testing.T, err error) {
			assert.ErrorIs(t, err, procactor.ErrStartTimeout)
		}},
		"no such program": {"", procactor.Readiness{}, func(t *testing.T, err error) {
			assert.Contains(t, commandErrorOf(t, err).Hint, "install it")
		}},
		"two ways": {"", procactor.Readiness{Line: never, Command: []string{"true"}}, func(t *testing.T, err error) {
			assert.Contains(t, err.Error(), "more than one of Line, StderrLine, Probe and Command")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := shell(tt.line)
			d.Ready = tt.ready
			if name == "no such program" {
				d.Args = []string{"no-such-program-anywhere"}
			}
			_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
			var failed *actor.StartError
			require.ErrorAs(t, err, &failed)
			assert.True(t, supervise.CauseOf(err).StartFailed)
			tt.check(t, err)
		})
	}
}

func endedEarly(t *testing.T, err error) {
	t.Helper()
	assert.Equal(t, 4, exitOf(t, err).Code)
	assert.Contains(t, err.Error(), "port is in use")
	assert.Equal(t, 4, supervise.CauseOf(err).Code)
}

func TestDaemonStartIsInterrupted(t *testing.T) {
	lives := make(chan string, 1)
	d := shell(`trap 'exit 0' TERM; echo $$; while :; do sleep 0.01; done`)
	d.Stdout = lineTo(lives)
	d.Ready.Line = func(string) bool { return false }
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	sys := newSystem(t)
	go func() {
		_, err := procactor.StartDaemon(ctx, sys, "d", d)
		failed <- err
	}()
	pid := wait(t, "the process", (<-chan string)(lives))
	cancel()
	assert.ErrorIs(t, wait(t, "the start", (<-chan error)(failed)), context.Canceled)
	gone(t, pid)
}

// stuckOutput is a writer that never returns until it is freed.
type stuckOutput struct {
	entered chan struct{}
	free    chan struct{}
}

func (s stuckOutput) Write(p []byte) (int, error) {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.free
	return len(p), nil
}

// Guarantee(output): A writer that never takes a plain program's output does not keep the program from being stopped.
func TestDaemonWithAStuckWriter(t *testing.T) {
	sys := newSystem(t)
	s := stuckOutput{make(chan struct{}, 1), make(chan struct{})}
	defer close(s.free)
	d := shell(`trap 'exit 0' TERM; echo something; while :; do sleep 0.01; done`)
	d.Stdout = s
	down := life(t, sys, d)
	wait(t, "the writer", (<-chan struct{})(s.entered))
	require.NoError(t, sys.Stop(t.Context(), "d"))
	assert.ErrorIs(t, wait(t, "its end", down).Reason, actor.ErrShutdown)
}

func TestDaemonGetsSignals(t *testing.T) {
	sys := newSystem(t)
	said := make(chan string, 1)
	d := shell(`trap 'echo got it; exit 5' USR1; echo up; while :; do sleep 0.01; done`)
	d.Stdout = lineTo(said)
	down := life(t, sys, d)
	require.Equal(t, "up", wait(t, "its start", (<-chan string)(said)))
	require.NoError(t, procactor.DaemonAt(sys, "d").Signal(syscall.SIGUSR1))
	assert.Equal(t, "got it", wait(t, "its answer", (<-chan string)(said)))
	assert.Equal(t, 5, exitOf(t, wait(t, "its end", down).Reason).Code)
	assert.ErrorIs(t, procactor.DaemonAt(sys, "d").Signal(syscall.SIGUSR1), actor.ErrNoActor)
	assert.ErrorIs(t, procactor.DaemonAt(sys, "nobody").Signal(syscall.SIGUSR1), actor.ErrNoActor)
}

func TestRunDaemon(t *testing.T) {
	sys := newSystem(t)
	for range 50 { // it may have ended before anybody looks
		require.NoError(t, procactor.RunDaemon(t.Context(), sys, procactor.Daemon{Args: []string{"true"}}))
	}
	assert.Equal(t, 6, exitOf(t, procactor.RunDaemon(t.Context(), sys, shell("exit 6"))).Code)
	ctx, cancel := context.WithCancel(t.Context())
	lives, over := make(chan string, 1), make(chan error, 1)
	d := shell("echo $$; exec sleep 1000")
	d.Stdout = lineTo(lives)
	go func() { over <- procactor.RunDaemon(ctx, sys, d) }()
	pid := wait(t, "the process", (<-chan string)(lives))
	cancel()
	require.ErrorIs(t, wait(t, "its end", (<-chan error)(over)), context.Canceled)
	gone(t, pid)
}

// The process of a run is found at the path of the actor that it is for, of two
// at once that of the first.
func TestRunDaemonFor(t *testing.T) {
	sys := newSystem(t)
	require.NoError(t, procactor.RunDaemonFor(t.Context(), sys, "top/job#1", shell("exit 0")))
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 2)
	begin := func() int {
		lives := make(chan string, 1)
		d := shell("echo $$; exec sleep 1000")
		d.Stdout = lineTo(lives)
		go func() { over <- procactor.RunDaemonFor(ctx, sys, "top/job#1", d) }()
		pid, err := strconv.Atoi(wait(t, "the process", (<-chan string)(lives)))
		require.NoError(t, err)
		return pid
	}
	first := begin()
	require.Eventually(t, func() bool { return len(procactor.ProcessIDsAt(sys, "top/job#1")) > 0 }, hangGuard, time.Millisecond)
	begin()
	assert.Equal(t, []int{first}, procactor.ProcessIDsAt(sys, "top/job#1"))
	assert.Empty(t, procactor.ProcessIDsAt(sys, "top/job"))
	assert.Empty(t, procactor.ProcessIDsAt(sys, "top%2Fjob%231"))
	cancel()
	for range 2 {
		require.ErrorIs(t, wait(t, "its end", (<-chan error)(over)), context.Canceled)
	}
	assert.Empty(t, procactor.ProcessIDsAt(sys, "top/job#1"))
}
