package procactor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proctor-dev/proctor/procactor"
)

// A panic in the body of a stream's loop, which its owner recovers, gives the
// call up: the worker is free for the next one.
func TestPanicInTheLoopOfAStream(t *testing.T) {
	t.Parallel()
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	assert.PanicsWithValue(t, "enough", func() {
		for _, err := range steps.On(pool).Stream(t.Context(), deed{N: 1000}) {
			assert.NoError(t, err)
			panic("enough")
		}
	})
	works(t, pool)
}
