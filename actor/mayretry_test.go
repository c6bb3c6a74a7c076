package actor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMayRetry(t *testing.T) {
	t.Parallel()
	call := func(d actor.Delivery, err error) error { return &actor.CallError{Op: "call", Delivery: d, Err: err} }
	busy := call(actor.NotSent, actor.ErrFull)
	own := errors.New("of a target of somebody's own")
	tests := map[string]struct {
		err  error
		want bool
	}{
		"nil":                                   {nil, false},
		"no error of a call":                    {own, false},
		"a full queue":                          {busy, true},
		"not started, for what reason ever":     {call(actor.NotStarted, own), true},
		"not sent, without a reason":            {call(actor.NotSent, nil), true},
		"a link that is lost":                   {call(actor.NotStarted, actor.ErrNoConnection), true},
		"a life that was asked to stop":         {call(actor.NotStarted, actor.ErrShutdown), true},
		"the outcome is unknown":                {call(actor.Unknown, actor.ErrFull), false},
		"an answer":                             {call(actor.Done, own), false},
		"an answer that is the error of a call": {call(actor.Done, busy), false},
		"nobody there":                          {call(actor.NotSent, fmt.Errorf("%w: %w", actor.ErrNoActor, own)), false},
		"no new requests":                       {call(actor.NotSent, actor.ErrDraining), false},
		"a closed system":                       {call(actor.NotSent, actor.ErrClosed), false},
		"another type":                          {call(actor.NotSent, actor.ErrType), false},
		"no name":                               {call(actor.NotSent, actor.ErrName), false},
		"oneself":                               {call(actor.NotSent, actor.ErrSelfCall), false},
		"a stream that was used":                {call(actor.NotSent, actor.ErrStreamUsed), false},
		"refused for what it is":                {call(actor.NotSent, fmt.Errorf("bad: %w", actor.ErrRefused)), false},
		"canceled by its caller":                {call(actor.NotSent, context.Canceled), false},
		"its caller has no more time":           {call(actor.NotSent, fmt.Errorf("%w: %w", context.DeadlineExceeded, own)), false},
		"the target has no more time for it":    {call(actor.NotSent, fmt.Errorf("%w: %w", context.DeadlineExceeded, actor.ErrTimeout)), true},
		"nor while it ran":                      {call(actor.Unknown, fmt.Errorf("%w: %w", context.DeadlineExceeded, actor.ErrTimeout)), false},
		"wrapped":                               {fmt.Errorf("thumbnail: %w", fmt.Errorf("again: %w", busy)), true},
		"joined with what says nothing":         {errors.Join(own, busy), true},
		"two that may":                          {errors.Join(busy, call(actor.NotStarted, own)), true},
		"one that may not":                      {errors.Join(busy, call(actor.Unknown, own)), false},
		"one that may not, deep down":           {errors.Join(busy, fmt.Errorf("x: %w", errors.Join(own, call(actor.Done, own)))), false},
		"joined with the end of a context":      {errors.Join(busy, context.Canceled), false},
		"wrapped with a class of its own":       {fmt.Errorf("%w: %w", actor.ErrNoActor, busy), false},
		"a nil pointer":                         {(*actor.CallError)(nil), false},
		"a target that says no more":            {fmt.Errorf("mine: %w", actor.ErrNotStarted), true},
		"a full queue of no call":               {actor.ErrFull, false},
		"a failed start":                        {&actor.StartError{Name: "a", Err: actor.ErrTaken}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, actor.MayRetry(test.err), "%v", test.err)
		})
	}
}

// The errors of real actors.
func TestMayRetryOfActors(t *testing.T) {
	t.Parallel()
	sys := newSystem(t)
	type ref = actor.Ref[int, int]
	started, free := make(chan struct{}, 1), make(chan struct{})
	small := mailbox.Config{Capacity: 1, Overflow: mailbox.Reject}
	slow, err := actor.Spawn(t.Context(), sys, "slow", func(self ref) actor.Behavior[int, int] {
		return actor.Func[int, int](func(ctx context.Context, n int) (int, error) {
			if n == 1 {
				return self.Call(ctx, 2)
			}
			started <- struct{}{}
			<-free
			return 0, nil
		})
	}, actor.WithMailbox(small))
	require.NoError(t, err)
	_, err = slow.Call(t.Context(), 1)
	require.ErrorIs(t, err, actor.ErrSelfCall)
	assert.False(t, actor.MayRetry(err), "%v", err)

	require.NoError(t, slow.Cast(t.Context(), 0))
	<-started
	require.NoError(t, slow.Cast(t.Context(), 0))
	_, err = slow.Call(t.Context(), 0)
	require.ErrorIs(t, err, actor.ErrFull)
	assert.True(t, actor.MayRetry(err), "%v", err)

	_, err = actor.RefAt[string, string](sys, "slow").Call(t.Context(), "")
	require.ErrorIs(t, err, actor.ErrType)
	assert.False(t, actor.MayRetry(err), "%v", err)
	_, err = actor.RefAt[int, int](sys, "nobody").Call(t.Context(), 0)
	require.ErrorIs(t, err, actor.ErrNoActor)
	assert.False(t, actor.MayRetry(err), "%v", err)
	close(free)
	<-started
	require.NoError(t, sys.Stop(t.Context(), "slow"))
	_, err = slow.Call(t.Context(), 0)
	require.ErrorIs(t, err, actor.ErrNoActor)
	assert.False(t, actor.MayRetry(err), "%v", err)
}
