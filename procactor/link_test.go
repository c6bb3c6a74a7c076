package procactor_test

import (
	"io"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cutOff calls a worker that loses its channel from this process, and goes on
// with its call until it is ended.
func cutOff(t *testing.T) error {
	t.Helper()
	w := procactor.Self()
	var requests io.Closer
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		_, requests = procactor.Halves(rw)
		return rw
	}
	p := start(t, w)
	s := newStage(t)
	got := call(t.Context(), puppet.On(p), s.stubborn("x"))
	s.next(t)
	require.NoError(t, requests.Close())
	return wait(t, "the call's end", got).err
}

// A worker that was cut off says so, and is not taken for one that somebody
// killed.
func TestWorkerThatIsCutOffSaysSo(t *testing.T) {
	t.Parallel()
	err := cutOff(t)
	failed(t, err, actor.Unknown)
	require.ErrorIs(t, err, actor.ErrNoConnection)
	exit := exitOf(t, err)
	assert.False(t, exit.Killed, "it ended itself")
	assert.NotContains(t, err.Error(), "out of memory")
}
