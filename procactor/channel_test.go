package procactor_test

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder keeps all that passes.
type recorder struct {
	io.ReadWriteCloser
	mu               sync.Mutex
	received, sentTo bytes.Buffer
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.ReadWriteCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.received.Write(p[:n])
	return n, err
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	r.sentTo.Write(p)
	r.mu.Unlock()
	return r.ReadWriteCloser.Write(p)
}

// Guarantee(debug): All frames of a worker go through one io.ReadWriteCloser, so a test can record, cut or stall them.
func TestChannelRecords(t *testing.T) {
	t.Parallel()
	w := procactor.Self()
	var r *recorder
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		r = &recorder{ReadWriteCloser: rw}
		return r
	}
	p := start(t, w)
	works(t, p)
	works(t, p)
	require.NoError(t, p.Stop(t.Context()))
	r.mu.Lock()
	defer r.mu.Unlock()
	answers := slices.DeleteFunc(listen(r.received.Bytes()).kinds, func(k wire.Kind) bool { return k == wire.KindStarted }) // a short call may do without
	assert.Equal(t, []wire.Kind{wire.KindHello, wire.KindReady, wire.KindReply, wire.KindReply}, answers)
	assert.Equal(t, []wire.Kind{wire.KindHello, wire.KindRequest, wire.KindRequest, wire.KindStop}, listen(r.sentTo.Bytes()).kinds)
}
