package link

import (
	"bytes"
	"io"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// joined makes one stream of what is read and what is written.
type joined struct {
	io.Reader
	io.Writer
}

func (joined) Close() error { return nil }

// hears is a parent that reads these frames, in service from the first, with
// one call under way.
func hears(t *testing.T, stream bool, frames ...[]byte) (*Conn, *Exchange) {
	t.Helper()
	c := New(Plain(joined{bytes.NewReader(bytes.Join(frames, nil)), io.Discard}), 0, nil)
	x := NewExchange(wire.DefaultLimits().Window, stream)
	underWay(c, 1, x)
	return c, x
}

// underWay enters a call whose request was sent.
func underWay(c *Conn, id uint64, x *Exchange) {
	x.id, c.calls[id] = id, x
	c.duty.join(id, false, false)
}

// readAll reads until the link ends.
func readAll(c *Conn) error {
	for c.readOne() {
	}
	return c.Reason()
}

func TestStartedComesOnce(t *testing.T) {
	t.Parallel()
	started := wire.AppendFrame(nil, wire.KindStarted, 0, 1)
	c, x := hears(t, false, started)
	require.NoError(t, readAll(c))
	assert.True(t, x.Started(0))
	c, _ = hears(t, false, started, started)
	require.ErrorContains(t, readAll(c), "second STARTED")
	c, _ = hears(t, false, wire.AppendFrame(nil, wire.KindStarted, 0, 1, []byte("x")))
	var format *wire.FormatError
	require.ErrorAs(t, readAll(c), &format)

	// An item says that the task runs; STARTED may still come behind it.
	c, _ = hears(t, true, wire.AppendFrame(nil, wire.KindItem, 0, 1), started)
	require.NoError(t, readAll(c))
	x.Reuse()
	require.NoError(t, x.begun(), "another call on the same exchange")
}

// What this version ignores it ignores up to a bound, which each PING renews.
func TestSkippedFramesAreBounded(t *testing.T) {
	t.Parallel()
	one := wire.AppendFrame(nil, 0xF0, 0, 0, make([]byte, 1<<20-wire.HeaderSize))
	fits := bytes.Repeat(one, wire.MaxSkipped/len(one))
	c, _ := hears(t, false, fits)
	require.NoError(t, readAll(c))

	c, _ = hears(t, false, fits, wire.AppendFrame(nil, wire.KindLog, 0, 1))
	var limit *wire.LimitError
	require.ErrorAs(t, readAll(c), &limit)
	assert.Equal(t, &wire.LimitError{What: wire.BoundSkipped, Limit: wire.MaxSkipped, Size: wire.MaxSkipped + wire.MinSkipped}, limit)

	c, _ = hears(t, false, fits, fits)
	for range wire.MaxSkipped / len(one) {
		require.True(t, c.readOne())
	}
	c.duty.by = goroutineReads // a PING must not read in this one's place
	c.Ping()
	require.NoError(t, readAll(c))
}

// deaf is a worker that sends one item after the other and reads nothing but
// the first bytes: then its pipe is full.
type deaf struct {
	item   []byte
	takes  int
	closed chan struct{}
}

func (d *deaf) Read(p []byte) (int, error) { return copy(p, d.item), nil }

func (d *deaf) Write(p []byte) (int, error) {
	if d.takes -= len(p); d.takes >= 0 {
		return len(p), nil
	}
	<-d.closed
	return 0, io.ErrClosedPipe
}

func (d *deaf) Close() error { return nil }

// A worker that takes what it is granted without having read of it would have
// its CREDITs pile up in the parent.
func TestCreditThatWasNotSentDoesNotCount(t *testing.T) {
	t.Parallel()
	d := &deaf{item: wire.AppendFrame(nil, wire.KindItem, 0, 1, []byte("x")), takes: 1 << 10, closed: make(chan struct{})}
	defer close(d.closed)
	c := New(Plain(d), 0, nil)
	const window = 100
	x := NewExchange(window, true)
	underWay(c, 1, x)
	const most = 10 * (window + 1<<10)
	taken := 0
	for c.readOne() && taken < most {
		for range x.takeItems() {
			taken++
			c.credit(x, 1)
		}
	}
	require.ErrorContains(t, c.Reason(), "more than its credit")
	assert.GreaterOrEqual(t, taken, window)
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	assert.LessOrEqual(t, len(c.out.buf)/(wire.HeaderSize+4), 3*window)
}

func TestAWorkersRefusalIsBounded(t *testing.T) {
	t.Parallel()
	c, _ := hears(t, false, wire.AppendFrame(nil, wire.KindRefuse, 0, 0, bytes.Repeat([]byte("x"), 1<<20)))
	var refused *refusedError
	require.ErrorAs(t, readAll(c), &refused)
	assert.Len(t, refused.text, wire.MaxText)
}

// An item that is too long, for a call that is no stream: its caller must not
// take that for an answer.
func TestItemThatIsTooLongForACall(t *testing.T) {
	t.Parallel()
	c, x := hears(t, false, wire.AppendFrame(nil, wire.KindItem, wire.FlagMore, 1, make([]byte, wire.MinBody)), wire.AppendFrame(nil, wire.KindChunk, 0, 1, []byte("x")))
	c.asm = wire.NewAssembler(wire.MinBody, 0)
	require.ErrorContains(t, readAll(c), "no stream")
	select {
	case <-x.ready:
		t.Error("the call was told that it has ended")
	default:
	}
}

func TestPongThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	c, _ := hears(t, false)
	c.duty.asked, c.duty.heard = 5, 3
	require.NoError(t, c.takePong(wire.Pong{Token: 5}))
	for _, token := range []uint64{0, 3, 5, 6} {
		require.Error(t, c.takePong(wire.Pong{Token: token}), "%d", token)
	}
	c.duty.asked = 6
	require.NoError(t, c.takePong(wire.Pong{Token: 6}))
	require.NoError(t, c.Reason())
	assert.Zero(t, c.Unanswered())
}
