package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(calls): A worker runs as many calls of a task at once as the task allows, and no more; each can be canceled by itself.
func TestConcurrentCalls(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	const width = 8
	running := make([]<-chan answer[string], width)
	players := make([]*player, width)
	cancels := make([]context.CancelFunc, width)
	for i := range width {
		var ctx context.Context
		ctx, cancels[i] = context.WithCancel(t.Context())
		defer cancels[i]()
		running[i] = call(ctx, puppets.On(p), s.part("running"))
		players[i] = s.next(t)
	}
	ninth := call(t.Context(), puppets.On(p), s.part("ninth"))
	tenth := call(t.Context(), puppets.On(p), s.part("tenth"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 2 }, patience, time.Millisecond)
	assert.Empty(t, s.entered)

	// Each that ends makes room for one, at once.
	cancels[3]()
	assert.ErrorIs(t, wait(t, "the canceled call's end", running[3]).err, context.Canceled)
	players[3].canceled(t)
	first := s.next(t)
	players[5].do("return five")
	assert.Equal(t, "five", wait(t, "the fifth reply", running[5]).out)
	second := s.next(t)
	first.do("return " + first.Key)
	second.do("return " + second.Key)
	assert.Equal(t, "ninth", wait(t, "the ninth reply", ninth).out)
	assert.Equal(t, "tenth", wait(t, "the tenth reply", tenth).out)
	for i, got := range running {
		if i != 3 && i != 5 {
			players[i].do("return ok")
			require.NoError(t, wait(t, "a reply", got).err)
		}
	}
}

func TestConcurrencyIsTheWorkersToo(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	eager := puppet.Concurrent(8).On(p) // the worker has it as one at a time
	one := call(t.Context(), eager, s.part("one"))
	player := s.next(t)
	two := call(t.Context(), eager, s.part("two"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 1 }, patience, time.Millisecond)
	player.do("return 1")
	require.NoError(t, wait(t, "the first reply", one).err)
	s.next(t).do("return 2")
	require.NoError(t, wait(t, "the second reply", two).err)
}

func TestATaskThatRunsAloneWaitsForTheOthersAndIsNotOvertaken(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	running := call(t.Context(), puppets.On(p), s.part("running"))
	player := s.next(t)
	alone := call(t.Context(), puppet.On(p), s.part("alone"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 1 }, patience, time.Millisecond)
	later := call(t.Context(), puppets.On(p), s.part("later"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 2 }, patience, time.Millisecond)
	player.do("return 1")
	require.NoError(t, wait(t, "the running call", running).err)
	player = s.next(t)
	assert.Equal(t, "alone", player.Key)
	assert.Empty(t, s.entered)
	player.do("return 2")
	require.NoError(t, wait(t, "the lone call", alone).err)
	s.next(t).do("return 3")
	require.NoError(t, wait(t, "the later call", later).err)
}

// One that waits in front, and is given up, must not stand in the way.
func TestAWaitThatIsGivenUpLetsOthersPass(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	running := call(t.Context(), puppets.On(p), s.part("running"))
	player := s.next(t)
	ctx, cancel := context.WithCancel(t.Context())
	alone := call(ctx, puppet.On(p), s.part("alone"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 1 }, patience, time.Millisecond)
	later := call(t.Context(), puppets.On(p), s.part("later"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 2 }, patience, time.Millisecond)
	cancel()
	failed(t, wait(t, "the lone call's end", alone).err, actor.NotSent)
	second := s.next(t)
	assert.Equal(t, "later", second.Key)
	second.do("return 2")
	player.do("return 1")
	require.NoError(t, wait(t, "the later call", later).err)
	require.NoError(t, wait(t, "the running call", running).err)
}

func TestWhatTravelsWithACall(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	ctx := procactor.WithTraceparent(t.Context(), trace)
	keyed := puppet.WithKey(func(in strand) string { return "key of " + in.Key })
	got := call(ctx, keyed.On(p), s.part("part"))
	player := s.next(t)
	assert.Equal(t, trace, player.Traceparent)
	assert.Equal(t, "key of part", player.CallKey)
	assert.Equal(t, 1, player.Attempt)
	assert.False(t, player.HasDeadline)
	player.do("return ok")
	require.NoError(t, wait(t, "the reply", got).err)

	got = call(t.Context(), puppet.WithTimeout(time.Hour).On(p), s.part("part"))
	player = s.next(t)
	assert.Empty(t, player.Traceparent)
	assert.Empty(t, player.CallKey)
	assert.True(t, player.HasDeadline)
	player.do("return ok")
	require.NoError(t, wait(t, "the reply", got).err)
	assert.Zero(t, procactor.CallFrom(t.Context()), "here is no worker")
}

func TestTimeoutOfATask(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	running := call(t.Context(), puppet.On(p), s.part("running"))
	player := s.next(t)
	_, err := square.WithTimeout(10*time.Millisecond).On(p).Call(t.Context(), 2)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, context.DeadlineExceeded, "the wait counts")
	player.do("return ok")
	require.NoError(t, wait(t, "the running call", running).err)
	_, err = misbehave.WithTimeout(10*time.Millisecond).On(p).Call(t.Context(), "wait")
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	works(t, p)
}

func TestStreams(t *testing.T) {
	w := procactor.Self()
	w.Window = 4 << 10
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		// Many windows, in order.
		n := 0
		for i, err := range count.On(h).Stream(t.Context(), 20_000) {
			require.NoError(t, err)
			require.Equal(t, n, i)
			n++
		}
		assert.Equal(t, 20_000, n)

		// The error comes last, behind all items.
		var errs []error
		n = 0
		for item, err := range blocks.On(h).Stream(t.Context(), 100) {
			if err != nil {
				errs = append(errs, err)
				continue
			}
			require.Empty(t, errs)
			require.Len(t, item, 1<<10)
			n++
		}
		assert.Equal(t, 100, n)
		require.Len(t, errs, 1)
		failed(t, errs[0], actor.Done)
		assert.ErrorIs(t, errs[0], io.ErrUnexpectedEOF)

		// Leaving cancels, also one that would never end, and frees the worker.
		for i, err := range count.On(h).Stream(t.Context(), -1) {
			require.NoError(t, err)
			if i == 1000 {
				break
			}
		}
		works(t, h)

		// Items that do not decode end the stream.
		wrong := procactor.NewStreamTask[int, string]("count", nil)
		errs = nil
		for _, err := range wrong.On(h).Stream(t.Context(), 3) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		var own *procactor.TaskError
		require.ErrorAs(t, errs[0], &own)
		assert.Equal(t, wire.ClassOutput, own.Class)
		works(t, h)
	})
}

// A stream whose context ends is never taken for one that is complete, however
// the end of the items and that of the context fall together.
func TestCanceledStreamsAreNotComplete(t *testing.T) {
	p := start(t, procactor.Self())
	for at := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		n, complete := 0, true
		for _, err := range count.On(p).Stream(ctx, 20) {
			if err != nil {
				assert.ErrorIs(t, err, context.Canceled)
				complete = false
				continue
			}
			if n++; n == at {
				cancel()
			}
		}
		cancel()
		assert.True(t, !complete || n == 20, "%d of 20 items, and no error", n)
	}
}

func TestCastsAreDone(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, puppet.On(p).Cast(ctx, s.part("cast")))
	player := s.next(t)
	cancel() // it bounds the admission alone
	player.do("return ok")
	works(t, p)
}

// tape is a channel that keeps what it carries.
type tape struct {
	io.ReadWriteCloser
	mu      sync.Mutex
	in, out bytes.Buffer
}

func (r *tape) Read(p []byte) (int, error) {
	n, err := r.ReadWriteCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.in.Write(p[:n])
	return n, err
}

func (r *tape) Write(p []byte) (int, error) {
	r.mu.Lock()
	r.out.Write(p) // before: the answer may be there before Write returns
	r.mu.Unlock()
	return r.ReadWriteCloser.Write(p)
}

// frames returns the frames of that kind that came from the worker, or went to
// it.
func (r *tape) frames(t *testing.T, kind wire.Kind, sent bool) []wire.Frame {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	src := r.in.Bytes()
	if sent {
		src = r.out.Bytes()
	}
	reader := wire.NewReader(bytes.NewReader(src), wire.MaxHello)
	var found []wire.Frame
	for {
		f, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		if f.Kind == kind {
			f.Payload = bytes.Clone(f.Payload)
			found = append(found, f)
		}
	}
}

func TestChannelIsOnesOwn(t *testing.T) {
	rec := &tape{}
	w := procactor.Self()
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		rec.ReadWriteCloser = rw
		return rec
	}
	p := start(t, w)
	works(t, p)
	_, err := misbehave.On(p).Call(t.Context(), "error")
	require.Error(t, err)

	hello := rec.frames(t, wire.KindHello, false)
	require.Len(t, hello, 1)
	h, err := wire.ParseHello(hello[0].Payload)
	require.NoError(t, err)
	info, ok := h.Task("puppets")
	require.True(t, ok)
	assert.Equal(t, wire.TaskInfo{Name: "puppets", Concurrent: 8, Input: "cbor", Output: "cbor"}, info)

	requests := rec.frames(t, wire.KindRequest, true)
	require.Len(t, requests, 2)
	req, err := wire.ParseRequest(requests[0].Payload)
	require.NoError(t, err)
	assert.Equal(t, "square", string(req.Task))
	assert.Equal(t, uint32(1), req.Attempt)
	assert.Positive(t, req.Remaining, "the deadline travels as what is left")

	replies := rec.frames(t, wire.KindReply, false)
	require.Len(t, replies, 1)
	reply, err := wire.ParseReply(replies[0].Payload)
	require.NoError(t, err)
	assert.Positive(t, reply.Measures.Run, "a reply says how long it ran")
	fails := rec.frames(t, wire.KindError, false)
	require.Len(t, fails, 1)
	failure, err := wire.ParseError(fails[0].Payload)
	require.NoError(t, err)
	assert.Equal(t, []string{"fs.ErrNotExist"}, failure.Marks)
}
