package link

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever goroutines write, a reader gets their messages whole, and those of
// one goroutine in order.
func TestFrameWriterKeepsMessagesWhole(t *testing.T) {
	t.Parallel()
	limits := wire.Limits{MaxFrame: 4096, MaxBody: 1 << 20}
	r, w := io.Pipe()
	f := &FrameWriter{w: w}
	f.SetLimits(limits)
	const writers, each = 8, 40
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range each {
				body := bytes.Repeat([]byte{byte(j)}, 1+rand.IntN(3*4096))
				send := f.Message
				if j%2 == 0 {
					send = f.Enqueue
				}
				assert.NoError(t, send(wire.KindReply, uint64(i+1), Bytes(body), nil))
			}
		})
	}
	go func() {
		all.Wait()
		f.AwaitWritten()
		_ = w.Close()
	}()
	reader, asm := wire.NewReader(r, limits.MaxFrame), wire.NewAssembler(limits.MaxBody, 0)
	next := make(map[uint64]int)
	for {
		frame, err := reader.Next()
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
		whole, ok, err := asm.Add(frame)
		require.NoError(t, err)
		if ok {
			require.Equal(t, byte(next[whole.ID]), whole.Payload[0])
			next[whole.ID]++
		}
	}
	require.Len(t, next, writers)
	for id, n := range next {
		assert.Equal(t, each, n, "writer %d", id)
	}
}

// brokenWriter fails after so many writes.
type brokenWriter struct {
	bytes.Buffer
	left int
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return w.Buffer.Write(p)
}

func TestFrameWriterFails(t *testing.T) {
	t.Parallel()
	failed := 0
	w := &brokenWriter{left: 1}
	f := &FrameWriter{w: w, failed: func() { failed++ }}
	f.SetLimits(wire.DefaultLimits())
	require.NoError(t, f.Frame(wire.KindPing, 0, make([]byte, 8)))
	size := w.Len()

	refused := errors.New("no")
	err := f.Message(wire.KindRequest, 1, func(dst []byte) ([]byte, error) { return append(dst, 1, 2, 3), refused }, nil)
	require.ErrorIs(t, err, refused)
	assert.Equal(t, size, w.Len(), "a message that does not encode leaves no bytes")
	assert.False(t, f.Broken())

	require.ErrorIs(t, f.Frame(wire.KindPing, 0, make([]byte, 8)), io.ErrClosedPipe)
	require.ErrorIs(t, f.Frame(wire.KindPing, 0, make([]byte, 8)), io.ErrClosedPipe)
	require.ErrorIs(t, f.Enqueue(wire.KindPing, 0, Bytes(make([]byte, 8)), nil), io.ErrClosedPipe)
	f.AwaitWritten()
	assert.True(t, f.Broken())
	assert.Equal(t, 1, failed)
	assert.Equal(t, size, w.Len())
}

func TestFrameWriterHoldsItsLimits(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f := &FrameWriter{w: &out}
	f.SetLimits(wire.Limits{MaxFrame: 4096, MaxBody: 1 << 17})
	err := f.Message(wire.KindRequest, 1, Bytes(make([]byte, 1<<17+1)), nil)
	limit, ok := errors.AsType[*wire.LimitError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, wire.BoundBody, limit.What)
	assert.Zero(t, out.Len())
	require.NoError(t, f.Frame(wire.KindStop, 0, nil), "the link goes on")
	assert.Equal(t, wire.HeaderSize, out.Len())
}

// slowPipe takes a write when it is let.
type slowPipe struct {
	bytes.Buffer
	begun, let chan struct{}
}

func (w *slowPipe) Write(p []byte) (int, error) {
	w.begun <- struct{}{}
	<-w.let
	return w.Buffer.Write(p)
}

// A frame that another writer takes along is delivered when that has written
// it, and not before.
func TestDeliverReturnsWhenItsBytesAreWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowPipe{begun: make(chan struct{}), let: make(chan struct{})}
		f := &FrameWriter{w: w}
		f.SetLimits(wire.DefaultLimits())
		require.NoError(t, f.Enqueue(wire.KindStarted, 1, Bytes(nil), nil))
		<-w.begun
		delivered := false
		go func() {
			assert.NoError(t, f.Deliver(wire.KindItem, 1, []byte("item")))
			delivered = true
		}()
		synctest.Wait()
		assert.False(t, delivered, "its bytes are in a buffer")
		w.let <- struct{}{}
		<-w.begun
		synctest.Wait()
		assert.False(t, delivered, "its bytes are about to be written")
		w.let <- struct{}{}
		synctest.Wait()
		assert.True(t, delivered)
		assert.Equal(t, 2*wire.HeaderSize+len("item"), w.Len())
	})
}

// What cannot be written any more was not delivered, whoever wrote.
func TestDeliverFailsWithTheWriteThatTookItAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		f := &FrameWriter{w: w}
		f.SetLimits(wire.DefaultLimits())
		require.NoError(t, f.Enqueue(wire.KindStarted, 1, Bytes(nil), nil))
		synctest.Wait() // it writes
		failed := make(chan error, 1)
		go func() { failed <- f.Deliver(wire.KindItem, 1, []byte("item")) }()
		synctest.Wait()
		require.NoError(t, r.Close())
		require.ErrorIs(t, <-failed, io.ErrClosedPipe)
	})
}
