package supervise_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

// The stops of a tree top{first, inner{x, w}}, and what they leave up.
var stops = map[string]struct {
	of    func(ctx context.Context, top *supervise.Supervisor) error
	stops string // the path of what is stopped
	asks  bool   // it is a request, which an ended context does not make
	shut  bool   // the top ends
}{
	"Supervisor.Stop": {func(ctx context.Context, top *supervise.Supervisor) error { return top.Stop(ctx) }, "top", false, true},
	"TerminateChild":  {func(ctx context.Context, top *supervise.Supervisor) error { return top.TerminateChild(ctx, "inner") }, "top/inner", true, false},
	"its Ref": {func(ctx context.Context, top *supervise.Supervisor) error {
		_, err := top.Ref().Call(ctx, supervise.TerminateChild{ID: "inner"})
		return err
	}, "top/inner", true, false},
}

// Guarantee(stop): A stop whose context ends becomes a kill: it returns soon after, and names what still runs.
func TestEveryStopReturnsAndNamesWhatRuns(t *testing.T) {
	const (
		never  = time.Hour
		during = time.Second
		before = 0
	)
	for name, conduct := range map[string]struct {
		serve  func(ctx context.Context, release <-chan struct{})
		named  map[time.Duration]bool // by when the context ends: it still runs
		inTime bool                   // it ends before during
	}{
		"ends when it is asked": {func(ctx context.Context, _ <-chan struct{}) { <-ctx.Done() }, nil, true},
		"takes its time":        {func(ctx context.Context, _ <-chan struct{}) { <-ctx.Done(); time.Sleep(2 * time.Second) }, map[time.Duration]bool{during: true, before: true}, false},
		"ignores it":            {func(_ context.Context, release <-chan struct{}) { <-release }, map[time.Duration]bool{never: true, during: true, before: true}, false},
	} {
		for kind, stop := range stops {
			for ending, limit := range map[string]time.Duration{"never": never, "during": during, "before": before} {
				t.Run(kind+"/"+name+"/"+ending, func(t *testing.T) {
					bubble(t, func(t *testing.T, sys *actor.System) {
						release := make(chan struct{})
						w := supervise.Go("w", func(ctx context.Context) error { conduct.serve(ctx, release); return nil })
						w.Shutdown = 5 * time.Second
						inner := supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{idle("x"), w}})
						top := start(t, sys, supervise.Policy{}, idle("first"), inner)
						pid, ok := sys.PIDAt("top/inner/w")
						require.True(t, ok)

						ctx, cancel := context.WithTimeout(t.Context(), limit)
						defer cancel()
						began := time.Now()
						err := stop.of(ctx, top)
						assert.LessOrEqual(t, time.Since(began), min(limit, w.Shutdown)+100*time.Millisecond)

						cut := limit == before || limit == during && !conduct.inTime
						assert.Equal(t, cut, err != nil && ctx.Err() != nil)
						var left *actor.CloseError
						_, runs := sys.PIDAt("top/inner/w")
						switch {
						case limit == before && stop.asks:
							require.ErrorIs(t, err, actor.ContextError(ctx))
							assert.True(t, runs, "nothing was done")
							require.NoError(t, err2(top.CountChildren(t.Context())))
							close(release)
							return
						case conduct.named[limit]:
							require.ErrorAs(t, err, &left)
							assert.Equal(t, []actor.PID{pid}, left.Running)
							assert.Equal(t, stop.stops, left.Name)
						case cut:
							require.NotErrorAs(t, err, &left, "nothing runs")
						default:
							require.NoError(t, err)
						}
						if cut {
							require.ErrorIs(t, err, context.DeadlineExceeded)
						}
						assert.False(t, runs, "it is down in any case")
						_, runs = sys.PIDAt("top/first")
						assert.Equal(t, !stop.shut, runs)
						close(release)
						time.Sleep(time.Minute) // of the bubble's clock: what takes its time returns
						if stop.shut {
							require.NoError(t, top.Stop(ctx), "it is over, and all has returned")
						} else {
							require.NoError(t, top.TerminateChild(t.Context(), "inner"), "likewise")
						}
					})
				})
			}
		}
	}
}

func err2[T any](_ T, err error) error { return err }

// A change of the spec stops, too, and says so; the change itself is whole.
func TestChangeNamesWhoStillRuns(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		release := make(chan struct{})
		w := supervise.Go("w", func(context.Context) error { <-release; return nil })
		w.Shutdown = time.Second
		top := start(t, sys, supervise.Policy{}, idle("a"), w)
		pid, _ := sys.PIDAt("top/w")
		err := top.Change(t.Context(), supervise.Spec{Name: "top", Children: []supervise.ChildSpec{idle("a"), idle("b")}})
		var left *actor.CloseError
		require.ErrorAs(t, err, &left)
		assert.Equal(t, []actor.PID{pid}, left.Running)
		count, err := top.CountChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2, count.Active)
		close(release)
		synctest.Wait()
	})
}

// A child cannot wait for its own end, nor a start for whoever waits for it.
func TestAskingForOneself(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		type attempt struct {
			what string
			err  error
		}
		var d tracelog.Log
		attempts := make(chan attempt, 100)
		inner := func(ctx context.Context) {
			top, in := supervise.SupervisorAt(sys, "top"), supervise.SupervisorAt(sys, "top/inner")
			_, byRef := in.Ref().Call(ctx, supervise.TerminateChild{ID: "w"})
			attempts <- attempt{"stop top", top.Stop(ctx)}
			attempts <- attempt{"System.Stop", sys.Stop(ctx, "top")}
			attempts <- attempt{"Close", sys.Close(ctx)}
			attempts <- attempt{"terminate inner", top.TerminateChild(ctx, "inner")}
			attempts <- attempt{"terminate w", in.TerminateChild(ctx, "w")}
			attempts <- attempt{"by Ref", byRef}
		}
		w := supervise.Go("w", func(ctx context.Context) error { inner(ctx); <-ctx.Done(); return nil })
		start(t, sys, supervise.Policy{}, noted(&d, "a", nil), supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{w}}))
		synctest.Wait()
		require.Len(t, attempts, 6)
		for range 6 {
			a := <-attempts
			require.ErrorIs(t, a.err, actor.ErrSelfCall, a.what)
		}
		require.NoError(t, err2(supervise.SupervisorAt(sys, "top/inner").WhichChildren(t.Context())))
	})
}

// Whoever is being started may ask whoever does not wait for it.
func TestAskingWhileStarting(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		errs := map[string][]error{}
		crash := make(chan error)
		begin := func(ctx context.Context, at *actor.Slot) error {
			for _, path := range []string{"top", "top/inner"} {
				errs[path] = append(errs[path], err2(supervise.SupervisorAt(sys, path).WhichChildren(ctx)))
			}
			return supervise.Go("w", func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					return nil
				case err := <-crash:
					return err
				}
			}).Start(ctx, at)
		}
		inner := supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{custom("w", begin)}})
		start(t, sys, supervise.Policy{}, inner)
		crash <- errCrash
		synctest.Wait()
		require.Len(t, errs["top"], 2)
		require.ErrorIs(t, errs["top"][0], actor.ErrSelfCall, "inner is started by top, and w by inner")
		require.NoError(t, errs["top"][1], "a restart of w keeps only inner")
		for _, err := range errs["top/inner"] {
			require.ErrorIs(t, err, actor.ErrSelfCall)
		}
	})
}

// A supervisor that is not up yet is stopped, too, and one that waits for its
// next life is its own supervisor's: neither is told as over.
func TestStopOfASupervisorThatIsNotUp(t *testing.T) {
	slow := custom("w", func(ctx context.Context, _ *actor.Slot) error { <-ctx.Done(); return ctx.Err() })
	for name, stop := range map[string]func(context.Context, *actor.System) error{
		"Supervisor.Stop": func(ctx context.Context, sys *actor.System) error {
			return supervise.SupervisorAt(sys, "top").Stop(ctx)
		},
		"System.Stop": func(ctx context.Context, sys *actor.System) error { return sys.Stop(ctx, "top") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				booted := make(chan error, 1)
				go func() {
					_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{idle("a"), slow}})
					booted <- err
				}()
				synctest.Wait()
				require.NoError(t, stop(t.Context(), sys))
				_, runs := sys.PIDAt("top")
				assert.False(t, runs)
				_, runs = sys.PIDAt("top/a")
				assert.False(t, runs)
				require.ErrorIs(t, <-booted, actor.ErrShutdown)
			})
		})
	}
	t.Run("nested", func(t *testing.T) {
		bubble(t, func(t *testing.T, sys *actor.System) {
			inner := supervise.Child(supervise.Spec{Name: "inner", Policy: supervise.Policy{Intensity: supervise.NoRestarts}, Children: []supervise.ChildSpec{idle("w")}})
			inner.Backoff = supervise.Backoff{Initial: time.Hour, Exact: true}
			start(t, sys, supervise.Policy{Intensity: 2}, inner)
			for range 2 { // the first restart does not wait
				w, _ := sys.PIDAt("top/inner/w")
				require.NoError(t, sys.Exit(w, errCrash))
				synctest.Wait()
			}
			_, runs := sys.PIDAt("top/inner")
			assert.False(t, runs, "it waits out its delay")
			assert.ErrorIs(t, supervise.SupervisorAt(sys, "top/inner").Stop(t.Context()), actor.ErrNotParent)
		})
	})
	t.Run("over", func(t *testing.T) {
		bubble(t, func(t *testing.T, sys *actor.System) {
			require.NoError(t, start(t, sys, supervise.Policy{}).Stop(t.Context()))
			assert.NoError(t, supervise.SupervisorAt(sys, "top").Stop(t.Context()))
		})
	})
}
