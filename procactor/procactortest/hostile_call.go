package procactortest

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func echoes(_ context.Context, b []byte) ([]byte, error) { return b, nil }

// call calls the villain.
func (b *bout) call(ctx context.Context, h procactor.Host, size int) ([]byte, error) {
	return procactor.NewTask[[]byte, []byte](taskEcho, nil).On(h).Call(ctx, make([]byte, size))
}

// callFails is a row whose call gets a typed error, and whose villain is ended.
func callFails(e ending) func(*bout) {
	return func(b *bout) {
		h := b.begin()
		_, err := b.call(b.bounded(), h, 1)
		b.dead()
		b.failed(err, e)
		b.othersWork(1)
	}
}

// lied is how a call ends whose worker broke the protocol.
func lied(says string) func(*bout) {
	return callFails(unknown(isA[*actor.ProtocolError], says))
}

// died is how one ends whose worker ended, or hung up.
func died(says string) func(*bout) { return callFails(unknown(isA[*procactor.ExitError], says)) }

// requestTricks are frames that are wrong in a call, whatever is in them.
func requestTricks() []trick {
	frame := func(h wire.Header, payload ...byte) func(*villain) {
		return func(v *villain) {
			if h.ID = v.serve(); h.Kind == wire.KindHello || h.Kind == wire.KindReady || h.Kind == wire.KindBootError || h.Kind == wire.KindRefuse || h.Kind == 0x7A {
				h.ID = 0
			}
			v.send(h, payload...)
		}
	}
	exits := func(b func(id uint64) []byte) func(*villain) {
		return func(v *villain) { v.write(b(v.serve())); exit(0) }
	}
	return []trick{
		{name: "unknown id", does: "answers a call that nobody made", play: func(v *villain) { v.reply(v.serve() + 1000) }, run: lied("not under way")},
		{name: "other ids", does: "says STARTED for calls that nobody made", play: func(v *villain) { v.send(wire.Header{Kind: wire.KindStarted, ID: v.serve() + 1}) }, run: lied("not under way")},
		{name: "gigantic length", does: "claims four gigabytes of reply", play: frame(wire.Header{Kind: wire.KindReply, Length: 0xFFFFFFF0}), run: lied("frame")},
		{name: "unknown kind", does: "sends a critical frame that does not exist", play: frame(wire.Header{Kind: 0x7A}), run: lied("0x7a")},
		{name: "late hello", does: "says HELLO in a call", play: func(v *villain) { v.serve(); v.hello(nil) }, run: lied("HELLO")},
		{name: "late refuse", does: "refuses in a call", play: frame(wire.Header{Kind: wire.KindRefuse}, []byte("enough")...), run: lied("enough")},
		{name: "ready twice", does: "says READY in a call", play: frame(wire.Header{Kind: wire.KindReady}), run: lied("READY")},
		{name: "ready and boot error", does: "says READY, and then that its set-up failed", play: frame(wire.Header{Kind: wire.KindBootError}, []byte("after all")...), run: lied("BOOT_ERROR")},
		{name: "a request", does: "sends a request", play: frame(wire.Header{Kind: wire.KindRequest}, 0), run: lied("REQUEST")},
		{name: "an item", does: "sends an item to who wants a reply", play: frame(wire.Header{Kind: wire.KindItem}, 0), run: lied("ITEM")},
		{name: "an item without end", does: "sends one that does not end", play: func(v *villain) { v.chunks(wire.KindItem, v.serve(), make([]byte, 1<<16)) }, run: lied("ITEM")},
		{name: "an end", does: "sends END to who wants a reply", play: frame(wire.Header{Kind: wire.KindEnd}, 0, 0, 0, 0), run: lied("END")},
		{name: "started with a payload", does: "says STARTED and more", play: frame(wire.Header{Kind: wire.KindStarted}, 0), run: lied("STARTED")},
		{name: "stray chunk", does: "goes on with a message that it did not begin", play: frame(wire.Header{Kind: wire.KindChunk}, 0), run: lied("CHUNK")},
		{name: "pong", does: "answers a ping that nobody sent", play: func(v *villain) {
			v.serve()
			v.send(wire.Header{Kind: wire.KindPong}, wire.AppendPong(nil, wire.Pong{Token: 1 << 40})...)
		}, run: lied("PONG")},
		{name: "half a frame", does: "closes its replies within a frame and goes on", play: func(v *villain) {
			v.send(wire.Header{Kind: wire.KindReply, ID: v.serve(), Length: 100}, 1, 2)
			_ = v.out.Close()
		}, run: died("closed its channel")},
		{name: "closes its replies", does: "closes them and goes on", play: func(v *villain) { v.serve(); _ = v.out.Close() }, run: died("closed its channel")},
		{name: "exits", does: "exits with status 0 instead of an answer", play: exits(func(uint64) []byte { return nil }), run: died("status 0")},
		{name: "exits started", does: "says STARTED and exits with status 0", play: exits(func(id uint64) []byte { return wire.AppendFrame(nil, wire.KindStarted, 0, id) }), run: died("status 0")},
		{name: "exits in a frame", does: "exits with status 0 in the middle of a reply", play: exits(func(id uint64) []byte {
			return wire.AppendFrame(nil, wire.KindReply, 0, id, make([]byte, 100))[:50]
		}), run: died("status 0")},
		{name: "exits in a message", does: "exits with status 0 between the frames of a reply", play: exits(func(id uint64) []byte {
			return wire.AppendFrame(nil, wire.KindReply, wire.FlagMore, id, make([]byte, 100))
		}), run: died("status 0")},
	}
}

// lawTricks keep to the protocol, in an odd way.
func lawTricks() []trick {
	return []trick{
		{name: "later minor", does: "speaks a later minor, and sends frames to be skipped", play: func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Version.Minor += 7 })
			v.send(wire.Header{Kind: wire.KindReady})
			id := v.await(wire.KindRequest)
			v.send(wire.Header{Kind: 0xF0}, 1, 2, 3)
			v.send(wire.Header{Kind: wire.KindLog, ID: id}, 1, 2, 3)
			v.send(wire.Header{Kind: wire.KindStarted, ID: id})
			v.replyWith(id, 0x42, 'o', 'k')
		}, run: (*bout).answersOK},
		{name: "byte by byte", does: "sends every frame one byte at a time", play: func(v *villain) {
			slowly := func(b []byte) {
				for i := range b {
					v.write(b[i : i+1])
				}
			}
			hello, _ := wire.AppendHello(nil, goodHello())
			slowly(wire.AppendFrame(wire.AppendFrame(nil, wire.KindHello, 0, 0, hello), wire.KindReady, 0, 0))
			id := v.await(wire.KindRequest)
			slowly(wire.AppendFrame(nil, wire.KindReply, 0, id, wire.AppendReplyHead(nil, wire.Measures{}), []byte{0x42, 'o', 'k'}))
		}, run: (*bout).answersOK},
		{name: "without the task", does: "lists no task", play: func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Tasks = nil })
			v.send(wire.Header{Kind: wire.KindReady})
		}, run: (*bout).hasNoTask},
		{name: "other codec", does: "lists the task with another codec", play: func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Tasks[0].Input = "json" })
			v.send(wire.Header{Kind: wire.KindReady})
		}, run: (*bout).hasNoTask},
		{name: "four billion at once", does: "claims that its tasks run four billion times at once", play: func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Tasks[0].Concurrent = 1<<32 - 1 })
			v.send(wire.Header{Kind: wire.KindReady})
			v.replyWith(v.await(wire.KindRequest), 0x42, 'o', 'k')
		}, run: (*bout).answersOK},
		{name: "replies twice", does: "answers a call twice", play: func(v *villain) {
			id := v.serve()
			v.reply(id)
			v.reply(id)
		}, run: (*bout).liesLater},
		{name: "ignores STOP", does: "answers, and ignores STOP", play: (*villain).answerAll, run: (*bout).stops},
	}
}

// answersOK is a row whose call succeeds.
func (b *bout) answersOK() {
	out, err := b.call(b.bounded(), b.begin(), 1)
	require.NoError(b, err)
	assert.Equal(b, "ok", string(out))
}

// hasNoTask is a row whose call is not sent.
func (b *bout) hasNoTask() {
	_, err := b.call(b.bounded(), b.begin(), 1)
	b.failed(err, ending{isA[*procactor.HandshakeError], taskEcho, []actor.Delivery{actor.NotSent}})
}

// liesLater is a row whose first call succeeds, and whose worker is ended when
// what it said more is read: with the next call at the latest.
func (b *bout) liesLater() {
	h := b.begin()
	down := b.watch(h)
	_, err := b.call(b.bounded(), h, 1)
	require.NoError(b, err)
	if _, err = b.call(b.bounded(), h, 1); err != nil { // otherwise another has come in its place
		assert.True(b, isA[*actor.ProtocolError](err), "%v", err)
	}
	b.dead()
	down(isA[*actor.ProtocolError])
}

// watch returns what waits for the Down of the worker, and looks at its reason.
// A pool's worker has none that its callers see.
func (b *bout) watch(h procactor.Host) func(is func(error) bool) {
	if _, alone := h.(*procactor.Process); !alone {
		return func(func(error) bool) {}
	}
	down := goodEcho().On(h).Watch(b.bounded())
	return func(is func(error) bool) {
		b.Helper()
		d := await(b.T, b.fixture.Patience, "the Down", down)
		assert.True(b, is(d.Reason), "%v", d.Reason)
	}
}

// stops is a row whose worker does not stop by itself.
func (b *bout) stops() {
	h := b.begin()
	for range 3 {
		_, err := b.call(b.bounded(), h, 1)
		require.NoError(b, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b, b.sys.Close(ctx))
	b.dead()
}
