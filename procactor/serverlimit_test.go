package procactor

import (
	"bytes"
	"context"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A parent of another make may send what is over the limit.
func TestAWorkerTellsOfARequestOverTheLimit(t *testing.T) {
	hello, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.Limits{MaxBody: wire.MinBody}.OrDefault()})
	require.NoError(t, err)
	in := wire.AppendFrame(nil, wire.KindHello, 0, 0, hello)
	in = wire.AppendFrame(in, wire.KindRequest, wire.FlagMore, 1, make([]byte, 100<<10))
	in = wire.AppendFrame(in, wire.KindChunk, 0, 1, make([]byte, 100<<10))
	var out bytes.Buffer
	s := newServer(newCatalog([]MainOption{NewTask("never", func(context.Context, int) (int, error) { return 0, nil })}), bytes.NewReader(in), &out, nil)
	s.serve()
	s.AwaitWritten()
	r := wire.NewReader(&out, 0)
	for {
		f, err := r.Next()
		require.NoError(t, err, "no ERROR came")
		if f.Kind != wire.KindError {
			continue
		}
		failure, err := wire.ParseError(f.Payload)
		require.NoError(t, err)
		assert.Equal(t, wire.ClassInput, failure.Class)
		assert.Equal(t, &wire.LimitError{What: wire.BoundBody, Limit: wire.MinBody, Size: 200 << 10}, failure.TooLong)
		return
	}
}
