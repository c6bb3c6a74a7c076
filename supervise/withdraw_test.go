package supervise

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// gated is a child whose first start waits for gate.
func gated(id string, gate <-chan struct{}) ChildSpec {
	return ChildSpec{ID: id, Start: func(ctx context.Context, at *actor.Slot) error {
		<-gate
		return Go(id, untilAsked).Start(ctx, at)
	}}
}

func untilAsked(ctx context.Context) error { <-ctx.Done(); return nil }

// Guarantee(calls): A request to a supervisor whose context ends while it waits for its turn is withdrawn, and never carried out.
func TestRequestThatWaitsIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{Go("a", untilAsked)}})
		require.NoError(t, err)
		gate := make(chan struct{})
		slow, cancelSlow := context.WithCancel(t.Context())
		slowEnded, waitingEnded := make(chan error, 1), make(chan error, 1)
		go func() { _, err := sup.StartChild(slow, gated("slow", gate)); slowEnded <- err }()
		synctest.Wait()
		waiting, cancel := context.WithCancel(t.Context())
		go func() { _, err := sup.Ref().Call(waiting, TerminateChild{ID: "a"}); waitingEnded <- err }()
		synctest.Wait()
		require.Empty(t, waitingEnded)

		cancel()
		err = <-waitingEnded
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, actor.ErrNotStarted, "the caller may rely on it")
		cancelSlow()
		require.ErrorIs(t, <-slowEnded, context.Canceled, "what is carried out goes on, but not its caller")

		close(gate)
		which, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		require.Len(t, which, 2)
		assert.Equal(t, Running, which[0].State, "slow")
		assert.Equal(t, Running, which[1].State, "a was not terminated")
		require.NoError(t, sys.Close(t.Context()))
	})
}

// One whose caller has gone before the supervisor came to it never gets to
// the machine.
func TestQuestionOfNobodyIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{Go("a", untilAsked)}})
		require.NoError(t, err)
		busy := make(chan struct{})
		require.True(t, sup.run.ask(reqCount{}, func(answer) { <-busy }))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- sup.TerminateChild(ctx, "a") }()
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(busy)
		require.ErrorIs(t, <-ended, context.Canceled)
		count, err := sup.CountChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, count.Active)
		require.NoError(t, sys.Close(t.Context()))
	})
}

// The call of what is being carried out when its context ends says so: a stop
// is cut short, unless it is to finish.
func TestCallOfWhatIsCarriedOut(t *testing.T) {
	for name, test := range map[string]struct {
		of       func(context.Context) context.Context
		delivery error // class
		runs     bool  // the child, when the call has returned
	}{
		"cut short":  {func(ctx context.Context) context.Context { return ctx }, nil, false},
		"let finish": {LetFinish, actor.ErrOutcomeUnknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := actor.NewSystem()
				hold := make(chan struct{})
				sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{slow(hold)}})
				require.NoError(t, err)
				pid, _ := sys.PIDAt("top/slow")
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { _, err := sup.Ref().Call(test.of(ctx), TerminateChild{ID: "slow"}); ended <- err }()
				synctest.Wait()
				cancel()
				err = <-ended
				require.ErrorIs(t, err, context.Canceled)
				var left *actor.CloseError
				if test.delivery != nil {
					require.ErrorIs(t, err, test.delivery)
					require.NotErrorAs(t, err, &left, "it is not known yet")
				} else {
					require.ErrorAs(t, err, &left)
					assert.Equal(t, []actor.PID{pid}, left.Running)
				}
				_, runs := sys.PIDAt("top/slow")
				assert.Equal(t, test.runs, runs)
				close(hold)
				synctest.Wait()
				count, err := sup.CountChildren(t.Context())
				require.NoError(t, err)
				assert.Zero(t, count.Active)
				require.NoError(t, sys.Close(t.Context()))
			})
		})
	}
}

// slow ends when it was asked to and hold is closed.
func slow(hold <-chan struct{}) ChildSpec {
	child := Go("slow", func(ctx context.Context) error { <-ctx.Done(); <-hold; return nil })
	child.Shutdown = Infinity
	return child
}

// Guarantee(calls): A request that still waits for its turn when its supervisor ends is told that it was not carried out.
func TestCallOfASupervisorThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		hold := make(chan struct{})
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{slow(hold), Go("b", untilAsked)}})
		require.NoError(t, err)
		call := func(req Request) <-chan error {
			ended := make(chan error, 1)
			go func() { _, err := sup.Ref().Call(t.Context(), req); ended <- err }()
			synctest.Wait()
			return ended
		}
		served, waits := call(TerminateChild{ID: "slow"}), call(TerminateChild{ID: "b"})
		stopped := make(chan error, 1)
		go func() { stopped <- sup.Stop(t.Context()) }()
		synctest.Wait()
		late := call(CountChildren{})
		close(hold)
		require.NoError(t, <-stopped)
		for name, ended := range map[string]<-chan error{"waits": waits, "late": late} {
			err := <-ended
			require.ErrorIs(t, err, actor.ErrNoActor, name)
			assert.ErrorIs(t, err, actor.ErrNotStarted, name)
			assert.NotErrorIs(t, err, actor.ErrOutcomeUnknown, name)
		}
		assert.NoError(t, <-served, "what was carried out is answered as ever")
		require.NoError(t, sys.Close(t.Context()))
	})
}

// A start that succeeds in the moment in which it is given up is nobody's.
func TestStartThatIsGivenUpAsItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
		hold, gate, busy := make(chan struct{}), make(chan struct{}), make(chan struct{})
		slow := Go("slow", func(ctx context.Context) error { <-ctx.Done(); <-hold; return nil })
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{slow}})
		require.NoError(t, err)
		late := gated("late", gate)
		late.Shutdown = BrutalKill
		ended := make(chan error, 1)
		go func() { _, err := sup.StartChild(t.Context(), late); ended <- err }()
		synctest.Wait()
		require.True(t, sup.run.inbox.put(message{look: func(bool) { <-busy }}))
		synctest.Wait()
		close(gate) // it succeeds, which waits in the inbox
		synctest.Wait()
		sup.run.inbox.urge(evStop{actor.ErrShutdown})
		close(busy)
		require.ErrorIs(t, <-ended, actor.ErrNoActor)
		synctest.Wait()
		_, there := sys.PIDAt("top/late")
		assert.False(t, there)
		close(hold)
		<-sup.Done()
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
	})
}

// The context of a start is over with it, also for whoever looks only then.
func TestContextOfAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		var kept context.Context
		keep := ChildSpec{ID: "a", Start: func(ctx context.Context, at *actor.Slot) error {
			kept = ctx
			_, has := ctx.Deadline()
			assert.False(t, has)
			return Go("a", untilAsked).Start(ctx, at)
		}}
		hang := ChildSpec{ID: "b", Start: func(ctx context.Context, _ *actor.Slot) error {
			assert.NoError(t, ctx.Err())
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			<-derived.Done()
			return context.Cause(derived)
		}}
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{keep}})
		require.NoError(t, err)
		<-kept.Done()
		require.ErrorIs(t, kept.Err(), context.Canceled)

		starting := make(chan error, 1)
		go func() { _, err := sup.StartChild(t.Context(), hang); starting <- err }()
		synctest.Wait()
		require.NoError(t, sup.Stop(t.Context()))
		require.ErrorIs(t, <-starting, actor.ErrNoActor)
		require.NoError(t, sys.Close(t.Context()))
	})
}
