package procactor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCallsOfADeath(t *testing.T) {
	t.Parallel()
	exchangeOf := func(id uint64, begun bool) *exchange {
		x := newExchange(1, false)
		x.id, x.call.Task, x.started = id, fmt.Sprint("t", id), begun
		return x
	}
	calls := callsIn([]*exchange{exchangeOf(3, true), exchangeOf(2, false), exchangeOf(1, true)}, 0)
	require.Len(t, calls, 2, "what has not begun is not to blame")
	assert.Equal(t, "t1", calls[0].Task)
	assert.Equal(t, "t3", calls[1].Task)
}
