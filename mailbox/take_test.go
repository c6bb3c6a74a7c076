package mailbox

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type takeResult struct {
	v   int
	err error
}

// takeAsync starts a Take and returns when it has ended or is blocked.
func takeAsync(ctx context.Context, q *Queue[int]) <-chan takeResult {
	result := make(chan takeResult, 1)
	go func() {
		v, err := q.Take(ctx)
		result <- takeResult{v, err}
	}()
	synctest.Wait()
	return result
}

func TestTakersAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Config{}, nil)
		first, second := takeAsync(t.Context(), q), takeAsync(t.Context(), q)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.PutUrgent(2))
		assert.Equal(t, takeResult{1, nil}, <-first)
		assert.Equal(t, takeResult{2, nil}, <-second)
		assert.Zero(t, q.Len())
	})
}

func TestTakerThatGivesUpLeavesTheItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Config{}, nil)
		ctx, giveUp := context.WithCancelCause(t.Context())
		first, gone, last := takeAsync(t.Context(), q), takeAsync(ctx, q), takeAsync(t.Context(), q)
		giveUp(errGaveUp)
		assert.Equal(t, takeResult{0, errGaveUp}, <-gone)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		assert.Equal(t, takeResult{1, nil}, <-first)
		assert.Equal(t, takeResult{2, nil}, <-last)
	})
}

func TestResumeServesTakersAndThenSenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := filled(t, Block, 1)
		q.Suspend()
		first, second := takeAsync(t.Context(), q), takeAsync(t.Context(), q)
		blocked := putAsync(t.Context(), q, 2)
		require.Empty(t, first)
		q.Resume()
		assert.Equal(t, takeResult{1, nil}, <-first)
		require.NoError(t, <-blocked)
		assert.Equal(t, takeResult{2, nil}, <-second)
	})
}

func TestNextOfAQueueForTake(t *testing.T) {
	q, _ := filled(t, Block, 1)
	_, ok := q.Next(0)
	assert.False(t, ok)
	assert.Equal(t, []int{1}, takeAll(q))
}
