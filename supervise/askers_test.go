package supervise_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/askers"
	"github.com/proctor-dev/proctor/supervise"
)

// mortals are kinds of children, and how one of them comes to its end. Whoever calls
// is told by the error of die, if the end is told so.
func mortals(sys *actor.System) map[string]struct {
	spec supervise.ChildSpec
	die  func(ctx context.Context, pid actor.PID) error
} {
	type mortal = struct {
		spec supervise.ChildSpec
		die  func(ctx context.Context, pid actor.PID) error
	}
	panics := func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(context.Context, int) (int, error) { panic("boom") })
	}
	call := func(ctx context.Context, pid actor.PID) error {
		_, err := actor.RefAt[int, int](sys, pid.Name).Call(ctx, 1)
		return err
	}
	exit := func(_ context.Context, pid actor.PID) error {
		_ = sys.Exit(pid, errCrash)
		return nil
	}
	inner := supervise.Spec{
		Name: "w", Policy: supervise.Policy{Intensity: supervise.NoRestarts}, Children: []supervise.ChildSpec{supervise.Actor("x", panics)},
	}
	return map[string]mortal{
		"an actor that panics":  {supervise.Actor("w", panics), call},
		"an actor that is told": {supervise.Actor("w", panics), exit},
		"a function":            {idle("w"), exit},
		"a supervisor that gives up": {supervise.Child(inner), func(_ context.Context, pid actor.PID) error {
			return actor.RefAt[int, int](sys, pid.Name+"/x").Cast(context.Background(), 1)
		}},
	}
}

// Whoever hears of the death of a child, and however, finds that its supervisor
// knows.
func TestSupervisorKnowsOfADeathFirst(t *testing.T) {
	const lives = 40
	for _, strategy := range []supervise.Strategy{supervise.OneForOne, supervise.SimpleOneForOne} {
		sys := quiet()
		for name, m := range mortals(sys) {
			t.Run(fmt.Sprint(strategy, ", ", name), func(t *testing.T) {
				m.spec.Restart = supervise.Temporary
				var children []supervise.ChildSpec
				if strategy == supervise.SimpleOneForOne {
					children = append(children, m.spec)
				}
				sup := start(t, sys, supervise.Policy{Strategy: strategy}, children...)
				var wg sync.WaitGroup
				for range lives {
					var pid actor.PID
					var err error
					if strategy == supervise.SimpleOneForOne {
						pid, err = sup.StartInstance(t.Context(), nil)
					} else {
						pid, err = sup.StartChild(t.Context(), m.spec)
					}
					require.NoError(t, err)
					for n := range askers.Questions() {
						for _, down := range []<-chan actor.Down{sys.Watch(t.Context(), pid), sys.WatchAt(t.Context(), pid.Name)} {
							wg.Go(func() {
								<-down
								assert.NoError(t, askers.Ask(t.Context(), sup, pid, n), "by a Down")
							})
						}
					}
					if m.spec.Type == supervise.SupervisorChild {
						below, events := supervise.SupervisorAt(sys, pid.Name), sup.Events(t.Context())
						wg.Go(func() {
							for err := error(nil); err == nil; {
								_, err = below.Snapshot(t.Context())
							}
							assert.NoError(t, askers.Ask(t.Context(), sup, pid, 0), "by a snapshot of the supervisor")
						})
						wg.Go(func() {
							for e := range events {
								if e.Kind == supervise.EventEnded && e.PID == pid {
									assert.NoError(t, askers.Ask(t.Context(), sup, pid, 0), "by its event")
									break
								}
							}
						})
					}
					wg.Go(func() {
						if err := m.die(t.Context(), pid); err != nil {
							assert.NoError(t, askers.Ask(t.Context(), sup, pid, 0), "by the error of a call: %v", err)
						}
					})
					wg.Wait()
				}
				require.NoError(t, sup.Stop(t.Context()))
			})
		}
		require.NoError(t, sys.Close(t.Context()))
	}
}
