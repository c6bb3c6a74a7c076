package procactor

import (
	"context"
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// piped is a worker's server behind real pipes, with this test as its parent.
type piped struct {
	t    *testing.T
	out  *os.File
	in   *wire.Reader
	code chan int
}

func newPiped(t *testing.T, tasks ...MainOption) *piped {
	t.Helper()
	requestsR, requestsW, err := os.Pipe()
	require.NoError(t, err)
	repliesR, repliesW, err := os.Pipe()
	require.NoError(t, err)
	requestsR.Fd() // blocking, as a worker's is
	p := &piped{t: t, out: requestsW, in: wire.NewReader(repliesR, wire.MaxHello), code: make(chan int, 1)}
	s := newServer(newCatalog(tasks), requestsR, repliesW, nil)
	go func() {
		p.code <- s.serve()
		_ = requestsW.Close()
		<-s.Orphaned().Done() // nobody waits for input any more
		osproc.CloseAll(requestsR, repliesW)
	}()
	t.Cleanup(func() { _ = repliesR.Close() })
	hello, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	require.NoError(t, err)
	p.say(wire.AppendFrame(nil, wire.KindHello, 0, 0, hello))
	p.hear(wire.KindHello)
	p.hear(wire.KindReady)
	return p
}

func (p *piped) say(frames ...[]byte) {
	p.t.Helper()
	var all []byte
	for _, f := range frames {
		all = append(all, f...)
	}
	_, err := p.out.Write(all)
	require.NoError(p.t, err)
}

func (p *piped) hear(kind wire.Kind) wire.Frame {
	p.t.Helper()
	f, err := p.in.Next()
	require.NoError(p.t, err)
	require.Equal(p.t, kind, f.Kind)
	return f
}

// refused waits for the answers to calls that were not begun.
func (p *piped) refused(ids ...uint64) {
	p.t.Helper()
	var got []uint64
	for range ids {
		f := p.hear(wire.KindError)
		failure, err := wire.ParseError(f.Payload)
		require.NoError(p.t, err)
		assert.Equal(p.t, wire.ClassStopping, failure.Class)
		got = append(got, f.ID)
	}
	assert.ElementsMatch(p.t, ids, got)
}

// asks is a request of a task that takes nothing.
func asks(t *testing.T, task string, id uint64, flags wire.Flags) []byte {
	t.Helper()
	head, err := wire.AppendRequestHead(nil, task, wire.Meta{Attempt: 1})
	require.NoError(t, err)
	return wire.AppendFrame(nil, wire.KindRequest, flags, id, head, []byte{0xF6}) // CBOR's null
}

func TestWorkerAnswersWhatItTookWhenItStops(t *testing.T) {
	t.Parallel()
	ran := make(chan struct{}, 8)
	runs := NewTask("runs", func(context.Context, struct{}) (bool, error) {
		ran <- struct{}{}
		return true, nil
	})
	stop := wire.AppendFrame(nil, wire.KindStop, 0, 0)
	whole, begun := asks(t, "runs", 1, 0), asks(t, "runs", 2, wire.FlagMore)
	chunk := wire.AppendFrame(nil, wire.KindChunk, wire.FlagMore, 2, []byte{0})
	part := asks(t, "runs", 3, 0)
	for _, c := range []struct {
		name   string
		frames [][]byte
		want   []uint64
	}{
		{"nothing", nil, nil},
		{"whole ones in its buffer", [][]byte{whole, asks(t, "runs", 7, 0)}, []uint64{1, 7}},
		{"one of which CHUNKs have come", [][]byte{begun, chunk}, []uint64{2}},
		{"one of which a part of a frame has come", [][]byte{part[:len(part)-1]}, []uint64{3}},
		{"of all kinds", [][]byte{whole, begun, chunk, part[:wire.HeaderSize]}, []uint64{1, 2, 3}},
		{"the first frame and a part of a CHUNK", [][]byte{begun, chunk[:wire.HeaderSize]}, []uint64{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPiped(t, runs)
			p.say(append([][]byte{stop}, c.frames...)...)
			p.refused(c.want...)
			assert.Equal(t, exitServed, <-p.code)
			assert.Empty(t, ran)
		})
	}
}

// What runs goes on after STOP, and hears CANCEL and PING; what comes meanwhile
// is not begun, and the last call's end is that of the worker.
func TestWorkerReadsUntilItsLastCallHasEnded(t *testing.T) {
	t.Parallel()
	runs := make(chan struct{}, 8)
	waits := NewTask("waits", func(ctx context.Context, _ struct{}) (bool, error) {
		runs <- struct{}{}
		<-ctx.Done()
		return true, nil
	}).Concurrent(2)
	p := newPiped(t, waits)
	p.say(asks(t, "waits", 1, 0))
	<-runs
	p.hear(wire.KindStarted)
	p.say(wire.AppendFrame(nil, wire.KindStop, 0, 0), asks(t, "waits", 2, 0))
	p.refused(2)
	p.say(asks(t, "waits", 3, wire.FlagMore))
	p.say(wire.AppendFrame(nil, wire.KindPing, 0, 0, wire.AppendPing(nil, 1)))
	p.hear(wire.KindPong)
	p.say(wire.AppendFrame(nil, wire.KindCancel, 0, 1))
	p.hear(wire.KindReply)
	p.refused(3)
	assert.Equal(t, exitServed, <-p.code)
	assert.Empty(t, runs)
}
