package procactor_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// untilStarted reads events until the child of that path is up.
func untilStarted(t *testing.T, next func() (supervise.Event, bool), supervisor, child string) {
	t.Helper()
	for {
		e, ok := next()
		require.True(t, ok, "the events have ended")
		if e.Kind == supervise.EventStarted && e.Supervisor == supervisor && e.Child == child {
			return
		}
	}
}

// Guarantee(restarts): Actors, services, periodic children, worker processes, pools and supervisors stand in one tree and are restarted together.
func TestAllKindsOfChildrenInOneTree(t *testing.T) {
	sys := newSystem(t)
	wrong := errors.New("wrong")
	serviceCrash, tickCrash, innerCrash := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	service := func(crash <-chan error) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			select {
			case err := <-crash:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	echo := func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(_ context.Context, n int) (int, error) {
			if n < 0 {
				panic(wrong)
			}
			return n, nil
		})
	}
	inner := supervise.Spec{
		Name: "inner", Policy: supervise.Policy{Intensity: supervise.NoRestarts},
		Children: []supervise.ChildSpec{supervise.Go("x", service(innerCrash))},
	}
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:   "top",
		Policy: supervise.Policy{Strategy: supervise.OneForAll, Intensity: 10, Period: time.Hour},
		Children: []supervise.ChildSpec{
			supervise.Actor("actor", echo),
			supervise.Go("service", service(serviceCrash)),
			supervise.Every("tick", supervise.Interval(time.Millisecond), func(context.Context) error {
				select {
				case err := <-tickCrash:
					return err
				default:
					return nil
				}
			}),
			supervise.Child(inner),
			procactor.ProcessChild("worker", procactor.Self()),
			procactor.PoolChild("pool", procactor.Self(), procactor.PoolConfig{Size: 2}),
		},
	})
	require.NoError(t, err)
	next, stop := iter.Pull(sup.Events(t.Context()))
	defer stop()
	echoRef := actor.RefAt[int, int](sys, "top/actor")
	worker, pool := procactor.HostAt(sys, "top/worker"), procactor.HostAt(sys, "top/pool")
	s := newStage(t)
	for name, crash := range map[string]func(){
		"actor":   func() { _, err := echoRef.Call(t.Context(), -1); require.ErrorIs(t, err, wrong) },
		"service": func() { serviceCrash <- wrong },
		"tick":    func() { tickCrash <- wrong },
		"inner":   func() { innerCrash <- wrong },
		"worker": func() {
			running := call(t.Context(), puppet.On(worker), s.part("running"))
			s.next(t).do("panic over")
			failed(t, wait(t, "the running call's end", running).err, actor.Unknown)
		},
	} {
		before, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		crash()
		untilStarted(t, next, "top", "pool") // the last one
		after, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		for i, c := range after {
			assert.Equal(t, supervise.Running, c.State, "%s after the crash of %s", c.ID, name)
			assert.Greater(t, c.PID.Incarnation, before[i].PID.Incarnation, "%s is another life", c.ID)
		}
		n, err := echoRef.Call(t.Context(), 7)
		require.NoError(t, err)
		assert.Equal(t, 7, n)
		works(t, worker)
		works(t, pool)
	}
	require.NoError(t, sup.Stop(t.Context()))
}

// Guarantee(restarts): Worker processes can be the instances of a simple_one_for_one supervisor: started on demand, restarted under their own names.
func TestInstancesOfAWorker(t *testing.T) {
	sys := newSystem(t)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name: "top", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne},
		Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())},
	})
	require.NoError(t, err)
	var pids []actor.PID
	for range 3 {
		pid, err := sup.StartInstance(t.Context(), nil)
		require.NoError(t, err)
		works(t, procactor.HostAt(sys, pid.Name))
		pids = append(pids, pid)
	}
	assert.Equal(t, "top/w#2", pids[1].Name)
	second := procactor.HostAt(sys, pids[1].Name)
	s := newStage(t)
	running := call(t.Context(), puppet.On(second), s.part("running"))
	s.next(t).do("panic over")
	failed(t, wait(t, "the running call's end", running).err, actor.Unknown)
	works(t, second)
	after, ok := square.On(second).PID()
	require.True(t, ok)
	assert.Greater(t, after.Incarnation, pids[2].Incarnation)

	require.NoError(t, sup.TerminateChild(t.Context(), "w#1"))
	_, err = square.On(procactor.HostAt(sys, "top/w#1")).Call(t.Context(), 1)
	require.ErrorIs(t, err, actor.ErrNoActor)
	count, err := sup.CountChildren(t.Context())
	require.NoError(t, err)
	assert.Equal(t, supervise.Counts{Specs: 1, Active: 2, Workers: 2}, count)
	require.NoError(t, sup.Stop(t.Context()))
	assert.False(t, func() bool { _, ok := sys.PIDAt("top/w#2"); return ok }())
}
