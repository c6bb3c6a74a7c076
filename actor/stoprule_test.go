package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// conduct is how an actor named "a" behaves that is to be stopped; release lets
// go of what hangs.
type conduct func(t *testing.T, sys *actor.System, release <-chan struct{})

// spawnThat spawns an actor in the background, as one that hangs in its start
// has it, and waits until nothing more happens.
func spawnThat(t *testing.T, sys *actor.System, fresh func() actor.Behavior[int, int]) {
	t.Helper()
	go func() {
		_, _ = actor.Spawn(context.Background(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return fresh() })
	}()
	synctest.Wait()
}

// busyWith spawns an actor that handles a request by do.
func busyWith(t *testing.T, sys *actor.System, do func(context.Context)) {
	t.Helper()
	ref := spawn(t, sys, "a")
	require.NoError(t, ref.Cast(t.Context(), func(ctx context.Context) (int, error) { do(ctx); return 0, nil }))
	synctest.Wait()
}

// Whatever an actor does, a stop returns, and says whether something of it still
// runs; that of the System and that of all of it agree.
func TestEveryStopReturnsAndNamesWhatRuns(t *testing.T) {
	const (
		always = time.Hour // no end of the context is met
		during = time.Second
		before = 0
	)
	conducts := map[string]struct {
		of     conduct
		named  map[time.Duration]bool // by when the context ends: something still runs
		inTime bool                   // it ends before during
	}{
		"idle": {
			func(t *testing.T, sys *actor.System, _ <-chan struct{}) { spawn(t, sys, "a") }, nil, true,
		},
		"ends when it is asked": {
			func(t *testing.T, sys *actor.System, _ <-chan struct{}) {
				busyWith(t, sys, func(ctx context.Context) { <-ctx.Done() })
			}, nil, true,
		},
		"takes its time": {
			func(t *testing.T, sys *actor.System, _ <-chan struct{}) {
				busyWith(t, sys, func(ctx context.Context) { <-ctx.Done(); time.Sleep(2 * time.Second) })
			}, map[time.Duration]bool{during: true, before: true}, false,
		},
		"ignores it": {
			func(t *testing.T, sys *actor.System, release <-chan struct{}) {
				busyWith(t, sys, func(context.Context) { <-release })
			}, map[time.Duration]bool{always: true, during: true, before: true}, false,
		},
		"hangs in Terminate": {
			func(t *testing.T, sys *actor.System, release <-chan struct{}) {
				spawnThat(t, sys, func() actor.Behavior[int, int] {
					return behavior[int, int]{terminate: func(error) { <-release }}
				})
			}, map[time.Duration]bool{always: true, during: true}, false, // who is not asked does not terminate
		},
		"hangs in Init": {
			func(t *testing.T, sys *actor.System, release <-chan struct{}) {
				spawnThat(t, sys, func() actor.Behavior[int, int] {
					return behavior[int, int]{init: func(context.Context) error { <-release; return nil }}
				})
			}, map[time.Duration]bool{always: true, during: true, before: true}, false,
		},
		"hangs in fresh": {
			func(t *testing.T, sys *actor.System, release <-chan struct{}) {
				spawnThat(t, sys, func() actor.Behavior[int, int] { <-release; return behavior[int, int]{} })
			}, map[time.Duration]bool{always: true, during: true, before: true}, false,
		},
	}
	for kind, stop := range map[string]func(*actor.System, context.Context) error{
		"System.Stop":  func(s *actor.System, ctx context.Context) error { return s.Stop(ctx, "a") },
		"System.Close": func(s *actor.System, ctx context.Context) error { return s.Close(ctx) },
	} {
		for name, c := range conducts {
			for ending, limit := range map[string]time.Duration{"never": always, "during": during, "before": before} {
				t.Run(kind+"/"+name+"/"+ending, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						sys := newSystem(t)
						release := make(chan struct{})
						c.of(t, sys, release)
						pid, ok := sys.PIDAt("a")
						require.True(t, ok)
						ctx, cancel := context.WithTimeout(t.Context(), limit)
						defer cancel()
						began := time.Now()
						err := stop(sys, ctx)
						took := time.Since(began)

						assert.LessOrEqual(t, took, min(limit, actor.DefaultShutdown)+100*time.Millisecond)
						_, ok = sys.PIDAt("a")
						assert.False(t, ok, "its name is free")
						cut := limit == before || limit == during && !c.inTime
						var left *actor.CloseError
						switch {
						case c.named[limit]:
							require.ErrorAs(t, err, &left)
							assert.Equal(t, []actor.PID{pid}, left.Running)
							if kind == "System.Stop" {
								assert.Equal(t, "a", left.Name)
							}
						case cut && kind == "System.Stop":
							require.NotErrorAs(t, err, &left, "nothing runs")
						default:
							require.NoError(t, err)
							return
						}
						assert.Equal(t, cut, errors.Is(err, context.DeadlineExceeded))
						close(release)
						time.Sleep(time.Minute) // of the bubble's clock: what takes its time returns
						require.NoError(t, sys.Close(t.Context()), "all has returned")
					})
				})
			}
		}
	}
}

// An earlier life that was abandoned is named as long as it runs.
func TestStopNamesEarlierLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		release := make(chan struct{})
		busyWith(t, sys, func(context.Context) { <-release })
		first, _ := sys.PIDAt("a")
		var left *actor.CloseError
		require.ErrorAs(t, sys.Stop(t.Context(), "a"), &left)
		spawn(t, sys, "a")
		spawn(t, sys, "ab")
		require.NoError(t, sys.Stop(t.Context(), "ab"), "another's name")
		require.ErrorAs(t, sys.Stop(t.Context(), "a"), &left)
		assert.Equal(t, []actor.PID{first}, left.Running)
		close(release)
		synctest.Wait()
		spawn(t, sys, "a")
		require.NoError(t, sys.Stop(t.Context(), "a"))
	})
}

// Whoever waits for its own end is told so, by the context that it was given.
func TestStopOfOneself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		ref := spawn(t, sys, "a")
		spawn(t, sys, "b")
		for name, stop := range map[string]func(context.Context) error{
			"Stop":  func(ctx context.Context) error { return sys.Stop(ctx, "a") },
			"Close": sys.Close,
			"Drain": sys.Drain,
			"derived": func(ctx context.Context) error {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Hour)
				defer cancel()
				return sys.Stop(ctx, "a")
			},
		} {
			_, err := ref.Call(t.Context(), func(ctx context.Context) (int, error) { return 0, stop(ctx) })
			requireCallError(t, err, actor.Done, actor.ErrSelfCall)
			_, runs := sys.PIDAt("a")
			assert.True(t, runs, name)
		}
		assert.False(t, sys.Draining())
		_, err := ref.Call(t.Context(), func(ctx context.Context) (int, error) { return 0, sys.Stop(ctx, "b") })
		require.NoError(t, err, "of another")
		other := newSystem(t)
		_, err = ref.Call(t.Context(), func(ctx context.Context) (int, error) { return 0, other.Close(ctx) })
		require.NoError(t, err, "of another system")
	})
}

// An actor's Init is it, too; and so is who waits for that.
func TestSelfInInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		outer := spawn(t, sys, "outer")
		errs := make(map[string]error)
		_, err := outer.Call(t.Context(), func(ctx context.Context) (int, error) {
			_, err := actor.Spawn(ctx, sys, "inner", func(actor.Ref[task, int]) actor.Behavior[task, int] {
				return behavior[task, int]{init: func(ctx context.Context) error {
					for _, name := range []string{"inner", "outer"} {
						_, errs["call "+name] = actor.RefAt[task, int](sys, name).Call(ctx, reply(1))
						errs["stop "+name] = sys.Stop(ctx, name)
					}
					errs["close"] = sys.Close(ctx)
					return nil
				}}
			})
			return 0, err
		})
		require.NoError(t, err)
		assert.Len(t, errs, 5)
		for what, err := range errs {
			assert.ErrorIs(t, err, actor.ErrSelfCall, what)
		}
	})
}

// Whoever kills an actor whose Init hangs may do so at the same moment as the
// start gives it up: the stop names it, whoever is first.
func TestStopNamesAnInitThatIsGivenUpMeanwhile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(32)) // the kernel interrupts one of the two between its steps
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		var stops sync.WaitGroup
		for range 20_000 {
			stops.Go(func() {
				sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
				entered := make(chan struct{})
				go func() {
					_, _ = actor.Spawn(context.Background(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] {
						return behavior[int, int]{init: func(context.Context) error { close(entered); <-release; return nil }}
					})
				}()
				<-entered
				var left *actor.CloseError
				assert.ErrorAs(t, sys.Close(t.Context()), &left)
			})
		}
		stops.Wait()
	})
}
