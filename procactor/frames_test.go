package procactor

import (
	"bytes"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hears is a parent that reads these frames, in service from the first, with
// one call under way.
func hears(t *testing.T, stream bool, frames ...[]byte) (*conn, *exchange) {
	t.Helper()
	c := newConn(joined{bytes.NewReader(bytes.Join(frames, nil)), nil}, 0)
	c.asm = wire.NewAssembler(0, 0)
	x := newExchange(wire.DefaultLimits().Window, stream)
	x.id, c.calls[1] = 1, x
	c.out.hold()
	return c, x
}

// readAll reads until the link ends.
func readAll(c *conn) error {
	for c.readOne() {
	}
	return c.reason()
}

func TestStartedComesOnce(t *testing.T) {
	t.Parallel()
	started := wire.AppendFrame(nil, wire.KindStarted, 0, 1)
	c, x := hears(t, false, started)
	require.NoError(t, readAll(c))
	assert.Equal(t, CallStarted, x.state(0))
	c, _ = hears(t, false, started, started)
	require.ErrorContains(t, readAll(c), "second STARTED")
	c, _ = hears(t, false, wire.AppendFrame(nil, wire.KindStarted, 0, 1, []byte("x")))
	var format *wire.FormatError
	require.ErrorAs(t, readAll(c), &format)

	// An item says that the task runs; STARTED may still come behind it.
	c, _ = hears(t, true, wire.AppendFrame(nil, wire.KindItem, 0, 1), started)
	require.NoError(t, readAll(c))
	x.again()
	require.NoError(t, x.begun(), "another call on the same exchange")
}
