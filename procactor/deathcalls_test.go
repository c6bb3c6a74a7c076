package procactor

import (
	"fmt"
	"io"
	"testing"

	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCallsOfADeath(t *testing.T) {
	t.Parallel()
	c := link.New(link.Plain(joined{nil, Ends{Out: discard{}}}), 0, nil)
	calls := make([]*link.Exchange, 3)
	for i := range calls {
		calls[i] = link.NewExchange(0, false)
		calls[i].Call.Task = fmt.Sprint("t", i+1)
		_, err := c.Begin(t.Context(), calls[i], link.Bytes([]byte("request")), 0)
		require.NoError(t, err)
	}
	const request = wire.HeaderSize + len("request")
	blamed := callsIn([]*link.Exchange{calls[2], calls[1], calls[0]}, 2*uint64(request))
	require.Len(t, blamed, 2, "what has not begun is not to blame")
	assert.Equal(t, "t1", blamed[0].Task)
	assert.Equal(t, "t2", blamed[1].Task)
}

// discard takes whatever is written.
type discard struct{ io.Writer }

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
