package protobridge_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/protobridge"
	"github.com/proctor-dev/proctor/internal/askers"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parrot is a plain actor that answers with what it is sent, and its life's
// number before it.
func parrot(lives *int) *protoactor.Props {
	return protoactor.PropsFromProducer(func() protoactor.Actor {
		*lives++
		life := *lives
		return protoactor.ReceiveFunc(func(ctx protoactor.Context) {
			switch m := ctx.Message().(type) {
			case string:
				switch m {
				case "panic":
					panic(errPigeon)
				case "stop":
					ctx.Stop(ctx.Self())
				default:
					ctx.Respond(life)
				}
			}
		})
	})
}

// supervised starts a tree with one plain actor, "top/w".
func supervised(t *testing.T, restart supervise.Restart, start supervise.StartFunc) (*supervise.Supervisor, actor.Ref[string, int]) {
	t.Helper()
	sys := newSystem(t)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name: "top", Policy: supervise.Policy{Intensity: 3}, Children: []supervise.ChildSpec{{ID: "w", Start: start, Restart: restart}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, sup.Stop(context.Background())) })
	return sup, actor.RefAt[string, int](sys, "top/w")
}

// Guarantee(interop): A plain protoactor-go actor can be a supervised child: its panics are crashes, and its callers wait for the next life.
func TestPlainActorUnderASupervisor(t *testing.T) {
	lives := 0
	sup, ref := supervised(t, supervise.Permanent, protobridge.Start[string, int](plain(), parrot(&lives)))
	n, err := ref.Call(t.Context(), "who")
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	first, ok := ref.PID()
	require.True(t, ok)
	assert.Equal(t, "top/w", first.Name)

	down := ref.Watch(t.Context())
	require.NoError(t, ref.Cast(t.Context(), "panic"))
	d := <-down
	assert.Equal(t, first, d.PID)
	require.ErrorIs(t, d.Reason, errPigeon)
	var crash *actor.PanicError
	require.ErrorAs(t, d.Reason, &crash)
	assert.Contains(t, string(crash.Stack), "parrot", "where it was")
	n, err = ref.Call(t.Context(), "who")
	require.NoError(t, err)
	assert.Equal(t, 2, n, "the supervisor has started another, and the Ref has found it")

	down = ref.Watch(t.Context())
	require.NoError(t, sup.TerminateChild(t.Context(), "w"))
	require.ErrorIs(t, (<-down).Reason, actor.ErrShutdown)
	_, err = ref.Call(t.Context(), "who")
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorIs(t, ref.Cast(t.Context(), "who"), actor.ErrNoActor)
	_, ok = ref.PID()
	assert.False(t, ok)
	for _, err := range ref.Stream(t.Context(), "who") {
		assert.Error(t, err)
	}
}

// Whoever hears by the bridge that a plain actor is dead finds that its supervisor
// knows.
func TestSupervisorKnowsFirstOfThePlainDead(t *testing.T) {
	const lives = 30
	for _, last := range []string{"panic", "stop"} {
		t.Run(last, func(t *testing.T) {
			as, n := plain(), 0
			sys := newSystem(t)
			sup, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top"})
			require.NoError(t, err)
			spec := supervise.ChildSpec{ID: "w", Start: protobridge.Start[string, int](as, parrot(&n)), Restart: supervise.Temporary}
			var wg sync.WaitGroup
			for range lives {
				pid, err := sup.StartChild(t.Context(), spec)
				require.NoError(t, err)
				bare := protobridge.To[string, int](as, protoactor.NewPID(as.Address(), pid.String()))
				ref := actor.RefAt[string, int](sys, "top/w")
				for q := range askers.Questions() {
					for how, wait := range map[string]<-chan actor.Down{
						"by a Down": ref.Watch(t.Context()), "by the Down of the plain one": bare.Watch(t.Context()),
					} {
						wg.Go(func() {
							<-wait
							assert.NoError(t, askers.Ask(t.Context(), sup, pid, q), how)
						})
					}
				}
				for how, r := range map[string]actor.Ref[string, int]{"by the error of a call": ref, "by that of a plain one": bare} {
					wg.Go(func() {
						_, err := r.Call(t.Context(), last)
						assert.Error(t, err)
						assert.NoError(t, askers.Ask(t.Context(), sup, pid, 0), how)
					})
				}
				wg.Wait()
			}
			require.NoError(t, sup.Stop(t.Context()))
		})
	}
}

func TestPlainActorThatStopsItselfEndsNormally(t *testing.T) {
	lives := 0
	sup, ref := supervised(t, supervise.Transient, protobridge.Start[string, int](plain(), parrot(&lives)))
	down := ref.Watch(t.Context())
	require.NoError(t, ref.Cast(t.Context(), "stop"))
	require.ErrorIs(t, (<-down).Reason, actor.ErrNormal)
	count, err := sup.CountChildren(t.Context())
	require.NoError(t, err)
	assert.Equal(t, supervise.Counts{Specs: 1, Workers: 1}, count)
	assert.Equal(t, 1, lives)
}

func TestPlainActorThatDoesNotStart(t *testing.T) {
	failing := protoactor.PropsFromFunc(func(ctx protoactor.Context) {
		if _, ok := ctx.Message().(*protoactor.Started); ok {
			panic(errPigeon)
		}
	})
	start := protobridge.Start[string, int](plain(), failing)
	_, err := supervise.Start(t.Context(), newSystem(t), supervise.Spec{Name: "top", Children: []supervise.ChildSpec{{ID: "w", Start: start}}})
	require.ErrorIs(t, err, errPigeon)
	var failed *actor.StartError
	require.ErrorAs(t, err, &failed)
}

// One that does not return is abandoned, in its start as in its service.
func TestPlainActorThatHangs(t *testing.T) {
	for _, when := range []string{"start", "service"} {
		t.Run(when, func(t *testing.T) {
			release := make(chan struct{})
			began := make(chan struct{})
			gone := make(chan struct{})
			hanging := protoactor.PropsFromFunc(func(ctx protoactor.Context) {
				_, started := ctx.Message().(*protoactor.Started)
				_, asked := ctx.Message().(string)
				switch {
				case when == "start" && started, when == "service" && asked:
					close(began)
					<-release
				}
				if _, ok := ctx.Message().(*protoactor.Stopped); ok {
					close(gone)
				}
			})
			sys := newSystem(t)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				spec := supervise.ChildSpec{ID: "w", Start: protobridge.Start[string, int](plain(), hanging), Shutdown: supervise.BrutalKill}
				sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}})
				if err != nil {
					ended <- err
					return
				}
				assert.NoError(t, actor.RefAt[string, int](sys, "top/w").Cast(t.Context(), "hang"))
				<-began
				ended <- sup.Stop(t.Context())
			}()
			<-began
			var left *actor.CloseError
			if when == "start" {
				cancel()
				require.ErrorIs(t, <-ended, context.Canceled)
			} else {
				require.ErrorAs(t, <-ended, &left)
				require.Len(t, left.Running, 1)
				assert.Equal(t, "top/w", left.Running[0].Name)
			}
			closing, now := context.WithCancel(t.Context())
			now()
			require.ErrorAs(t, sys.Close(closing), &left)
			close(release)
			<-gone
			for sys.Close(t.Context()) != nil { // until it is known that it returned after all
				runtime.Gosched()
			}
			cancel()
		})
	}
}
