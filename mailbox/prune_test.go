package mailbox

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func odd(v int) bool { return v%2 == 1 }

func TestPruneLetsBlockedSendersIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dropped := filled(t, Block, 3) // 1, 2, 3
		five, seven := putAsync(t.Context(), q, 5), putAsync(t.Context(), q, 7)
		nine := putAsync(t.Context(), q, 9)
		assert.Equal(t, 2, q.Prune(odd))
		require.NoError(t, <-five)
		require.NoError(t, <-seven)
		assert.Empty(t, nine, "there was room for two")
		assert.Empty(t, *dropped)
		assert.Equal(t, []int{2, 5, 7}, q.Close())
		assert.Equal(t, ErrClosed, <-nine)
	})
}

func TestPruneLeavesUrgentItems(t *testing.T) {
	q, _ := filled(t, Block, 3)
	require.NoError(t, q.PutUrgent(11))
	assert.Equal(t, 2, q.Prune(odd))
	assert.Equal(t, []int{11, 2}, q.Close())
}

func TestPruneOfNothing(t *testing.T) {
	q, _ := filled(t, Block, 3)
	assert.Zero(t, q.Prune(func(int) bool { return false }))
	assert.Equal(t, []int{1, 2, 3}, q.Close())
	assert.Zero(t, q.Prune(odd), "a closed queue is empty")
}

func TestPruneThatPanicsChangesNothing(t *testing.T) {
	q, _ := filled(t, Block, 3)
	assert.Panics(t, func() {
		q.Prune(func(v int) bool {
			if v == 3 {
				panic("not this one")
			}
			return true
		})
	})
	assert.Equal(t, []int{1, 2, 3}, q.Close())
}
