//go:build unix

package procactor_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stopping is something with processes that do nothing about being asked to
// stop, and have an hour for that.
type stopping struct {
	stop      func(context.Context) error
	processes []int
	asked     func() bool // the stop has begun
}

// deafen has every worker of the host ignore whatever asks it to end.
func deafen(t *testing.T, h procactor.Host, workers []procactor.WorkerInfo) []int {
	t.Helper()
	processes := make([]int, 0, len(workers))
	for _, w := range workers {
		processes = append(processes, w.Process)
		ended := call(context.Background(), act.On(h), deed{Do: "deaf"})
		t.Cleanup(func() { wait(t, "a deaf worker's end", ended) })
	}
	return processes
}

// deafWorker is a worker, and what waits until one more of its kind is deaf.
func deafWorker(t *testing.T) (procactor.Worker, func()) {
	w := procactor.Self()
	w.Grace = time.Hour
	out, printed := lockstep(t)
	w.Stdout = out
	return w, func() { assert.Equal(t, "deaf\n", printed()) }
}

// deafProgram ignores TERM, but says that it has seen it.
const deafProgram = `trap 'echo asked' TERM; echo up; while :; do sleep 0.01; done`

// deafDaemon is such a program, and what waits for its next line.
func deafDaemon(t *testing.T) (procactor.Daemon, func() string) {
	d := shell(deafProgram)
	d.Grace = time.Hour
	out, printed := lockstep(t)
	d.Stdout = out
	d.Ready.Line = func(line string) bool { return line == "up" }
	return d, printed
}

// deafThings are all that can be stopped and has processes.
var deafThings = map[string]func(t *testing.T, sys *actor.System) stopping{
	"Process": func(t *testing.T, sys *actor.System) stopping {
		w, deaf := deafWorker(t)
		p := begin(t, sys, "w", w)
		processes := deafen(t, p, []procactor.WorkerInfo{{Process: procactor.ProcessID(p)}})
		deaf()
		return stopping{p.Stop, processes, func() bool { return procactor.ProcessID(p) == 0 }}
	},
	"Pool": func(t *testing.T, sys *actor.System) stopping {
		w, deaf := deafWorker(t)
		p, err := procactor.StartPool(t.Context(), sys, "w", w, procactor.PoolConfig{Size: 2})
		require.NoError(t, err)
		processes := deafen(t, p, p.Workers())
		deaf()
		deaf()
		return stopping{p.Stop, processes, func() bool { return len(p.Workers()) == 0 }}
	},
	"Process that a signal has stopped": func(t *testing.T, sys *actor.System) stopping {
		w := procactor.Self()
		w.Grace = time.Hour
		p := begin(t, sys, "w", w)
		pid := procactor.ProcessID(p)
		require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
		return stopping{p.Stop, []int{pid}, func() bool { return procactor.ProcessID(p) == 0 }}
	},
	"CommandHost": func(t *testing.T, sys *actor.System) stopping {
		c := commandsIn(t)
		c.Grace = time.Hour
		out, printed := lockstep(t)
		c.Stdout = out
		p, err := procactor.StartCommands(t.Context(), sys, "w", c)
		require.NoError(t, err)
		ended := call(context.Background(), shoot.On(p), shot{cmd: sh(`trap '' TERM; echo up; while :; do sleep 0.01; done`)})
		t.Cleanup(func() { wait(t, "the command's end", ended) })
		assert.Equal(t, "up\n", printed())
		var pid int // it may have printed before it is known here
		require.Eventually(t, func() bool { pid = procactor.ProcessID(p); return pid != 0 }, hangGuard, time.Millisecond)
		return stopping{p.Stop, []int{pid}, func() bool { return procactor.ProcessID(p) == 0 }}
	},
	"Daemon": func(t *testing.T, sys *actor.System) stopping {
		d, printed := deafDaemon(t)
		up := make(chan struct{})
		go func() { defer close(up); printed() }()
		_, err := procactor.StartDaemon(t.Context(), sys, "d", d)
		require.NoError(t, err)
		<-up
		pid, ok := procactor.DaemonAt(sys, "d").Process()
		require.True(t, ok)
		return stopping{func(ctx context.Context) error { return sys.Stop(ctx, "d") }, []int{pid}, func() bool { return printed() == "asked\n" }}
	},
	"System": func(t *testing.T, sys *actor.System) stopping {
		return deafTree(t, sys, func(ctx context.Context, _ *supervise.Supervisor) error { return sys.Close(ctx) })
	},
	"Supervisor": func(t *testing.T, sys *actor.System) stopping {
		return deafTree(t, sys, func(ctx context.Context, top *supervise.Supervisor) error { return top.Stop(ctx) })
	},
	"TerminateChild": func(t *testing.T, sys *actor.System) stopping {
		return deafTree(t, sys, func(ctx context.Context, top *supervise.Supervisor) error { return top.TerminateChild(ctx, "inner") })
	},
}

// deafTree is top{inner{worker, pool, program}}.
func deafTree(t *testing.T, sys *actor.System, stop func(context.Context, *supervise.Supervisor) error) stopping {
	t.Helper()
	w, deaf := deafWorker(t)
	d, printed := deafDaemon(t)
	up := make(chan struct{})
	go func() { defer close(up); printed() }()
	inner := supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{
		procactor.ProcessChild("w", w), procactor.PoolChild("p", w, procactor.PoolConfig{Size: 2}), procactor.DaemonChild("d", d),
	}}
	top, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Child(inner)}})
	require.NoError(t, err)
	<-up
	var processes []int
	for _, path := range []string{"top/inner/w", "top/inner/p"} {
		all := procactor.ProcessIDsAt(sys, path)
		require.NotEmpty(t, all)
		workers := make([]procactor.WorkerInfo, len(all))
		for i, pid := range all {
			workers[i].Process = pid
		}
		processes = append(processes, deafen(t, procactor.HostAt(sys, path), workers)...)
		for range all {
			deaf()
		}
	}
	pid, ok := procactor.DaemonAt(sys, "top/inner/d").Process()
	require.True(t, ok)
	return stopping{
		func(ctx context.Context) error { return stop(ctx, top) }, append(processes, pid),
		func() bool { return printed() == "asked\n" }, // it is the first
	}
}

// The end of a stop's context kills real processes, of all beneath, and leaves
// none.
func TestEndOfAStopsContextKillsTheDeaf(t *testing.T) {
	t.Parallel()
	for name, begin := range deafThings {
		for _, ending := range []string{"during", "before"} {
			t.Run(name+"/"+ending, func(t *testing.T) {
				t.Parallel()
				sys := quietSystem(t)
				s := begin(t, sys)
				ctx, cancel := context.WithCancel(t.Context())
				if ending == "before" {
					cancel()
				}
				defer cancel()
				stopped := make(chan error, 1)
				go func() { stopped <- s.stop(ctx) }()
				if ending == "during" {
					require.Eventually(t, s.asked, hangGuard, time.Millisecond)
					cancel()
				}
				err := wait(t, "the stop", stopped)
				if ending == "before" && name == "TerminateChild" {
					require.ErrorIs(t, err, context.Canceled)
					for _, pid := range s.processes {
						assert.False(t, isGone(pid), "a request that is not made does nothing")
					}
					now, cancel := context.WithCancel(t.Context())
					cancel()
					require.NoError(t, sys.Close(now))
				} else if name == "System" {
					require.NoError(t, err, "nothing is left")
				} else {
					require.ErrorIs(t, err, context.Canceled)
					var left *actor.CloseError
					require.NotErrorAs(t, err, &left)
				}
				for _, pid := range s.processes {
					assert.True(t, isGone(pid), "when it returns, process %d has ended", pid)
				}
				assert.NotEmpty(t, s.processes)
			})
		}
	}
}
