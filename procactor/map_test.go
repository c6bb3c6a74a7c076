package procactor_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hands is a target that runs calls in their callers' goroutines.
type hands struct {
	width   int
	call    func(ctx context.Context, n int) (int, error)
	running atomic.Int32
	most    atomic.Int32
}

func (h *hands) Width() int             { return h.width }
func (h *hands) Name() string           { return "hands" }
func (h *hands) PID() (actor.PID, bool) { return actor.PID{}, false }
func (h *hands) Call(ctx context.Context, n int) (int, error) {
	now := h.running.Add(1)
	defer h.running.Add(-1)
	for most := h.most.Load(); now > most; most = h.most.Load() {
		if h.most.CompareAndSwap(most, now) {
			break
		}
	}
	return h.call(ctx, n)
}
func (h *hands) Cast(context.Context, int) error                   { return nil }
func (h *hands) Stream(context.Context, int) iter.Seq2[int, error] { return nil }
func (h *hands) Watch(context.Context) <-chan actor.Down           { return nil }

func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestMapGoesOnBehindASlowInput(t *testing.T) {
	t.Parallel()
	const others = 100
	var done atomic.Int32
	enough := make(chan struct{})
	h := &hands{width: 2, call: func(_ context.Context, n int) (int, error) {
		if n == 0 {
			<-enough
		} else if done.Add(1) == others {
			close(enough)
		}
		return n, nil
	}}
	want := 0
	for n, err := range procactor.Map(t.Context(), actor.NewRef[int, int](h), upTo(others+1)) {
		require.NoError(t, err)
		require.Equal(t, want, n)
		want++
	}
	assert.Equal(t, others+1, want)
	assert.LessOrEqual(t, h.most.Load(), int32(8), "calls at once")
}

func TestMapTakesNoMoreInputsThanItMayKeep(t *testing.T) {
	t.Parallel()
	const kept = 2 * 64
	var taken atomic.Int32
	full := make(chan struct{})
	in := func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
			taken.Add(1)
		}
	}
	h := &hands{width: 2, call: func(_ context.Context, n int) (int, error) {
		switch n {
		case 0:
			<-full // all that may be taken has been by then
		case kept - 1:
			close(full)
		}
		return n, nil
	}}
	for n, err := range procactor.Map(t.Context(), actor.NewRef[int, int](h), in) {
		require.NoError(t, err)
		assert.LessOrEqual(t, int(taken.Load()), n+kept)
		if n == 3*kept {
			break
		}
	}
}

func TestMapYieldsErrorsInTheirPlaceAndGoesOn(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	h := &hands{width: 3, call: func(_ context.Context, n int) (int, error) {
		if n%2 == 1 {
			return 0, odd
		}
		return n, nil
	}}
	i := 0
	for n, err := range procactor.Map(t.Context(), actor.NewRef[int, int](h), upTo(200)) {
		if i%2 == 1 {
			assert.ErrorIs(t, err, odd)
		} else {
			assert.NoError(t, err)
			assert.Equal(t, i, n)
		}
		i++
	}
	assert.Equal(t, 200, i)
}

func TestMapEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := &hands{width: 1, call: func(ctx context.Context, n int) (int, error) {
		if n == 5 {
			cancel()
		}
		return n, ctx.Err()
	}}
	var last error
	pairs := 0
	for _, err := range procactor.Map(ctx, actor.NewRef[int, int](h), upTo(1<<30)) {
		last = err
		pairs++
	}
	assert.ErrorIs(t, last, context.Canceled)
	assert.Less(t, pairs, 200)
}
