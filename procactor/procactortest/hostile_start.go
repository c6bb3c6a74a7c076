package procactortest

import (
	"bytes"
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startTricks are those that never come to a call.
func startTricks() []trick {
	protocol, handshake := isA[*actor.ProtocolError], isA[*procactor.HandshakeError]
	kind := func(k wire.Kind, payload ...byte) func(*villain) {
		return func(v *villain) { v.send(wire.Header{Kind: k}, payload...) }
	}
	hello := func(payload []byte) func(*villain) { return kind(wire.KindHello, payload...) }
	return []trick{
		{name: "ready first", does: "says READY before HELLO", play: kind(wire.KindReady), run: startFails(protocol, "READY")},
		{name: "second hello", does: "says HELLO twice", play: func(v *villain) { v.hello(nil); v.hello(nil) }, run: startFails(protocol, "HELLO")},
		{name: "ready with a payload", does: "says READY and more", play: func(v *villain) { v.hello(nil); v.send(wire.Header{Kind: wire.KindReady}, 0) }, run: startFails(protocol, "READY")},
		{name: "not a frame", does: "writes lines of text where frames should be", play: func(v *villain) { v.write([]byte("Listening on port 8080, all is well\n")) }, run: startFails(handshake, "")},
		{name: "text without end", does: "writes them again and again", play: func(v *villain) { v.flood(v.out, []byte("Listening on port 8080, all is well\n")) }, run: startFails(handshake, "")},
		{name: "refuse", does: "refuses the parent", play: kind(wire.KindRefuse, []byte("no thanks")...), run: startFails(handshake, "no thanks")},
		{name: "long refuse", does: "refuses in a megabyte of words", play: kind(wire.KindRefuse, bytes.Repeat([]byte("no "), 1<<18)...), run: startFails(handshake, "no no")},
		{name: "reply first", does: "answers before it was asked", play: func(v *villain) { v.hello(nil); v.reply(1) }, run: startFails(handshake, "REPLY")},
		{name: "other version", does: "speaks another version", play: func(v *villain) { v.hello(func(h *wire.Hello) { h.Version.Major++ }) }, run: startFails(handshake, wire.Version{Major: wire.Current().Major + 1, Minor: wire.Current().Minor}.String())},
		{name: "gigantic hello", does: "claims a gigabyte of HELLO", play: func(v *villain) { v.send(wire.Header{Kind: wire.KindHello, Length: 1 << 30}) }, run: startFails(handshake, "frame")},
		{name: "many tasks", does: "claims 100,000 tasks, and sends as many as fit", play: hello(rawHello(100_000, bytes.Repeat(rawTask("t"), 40_000)...)), run: startFails(handshake, "tasks")},
		{name: "tasks without end", does: "claims four billion tasks", play: hello(rawHello(1<<32 - 1)), run: startFails(handshake, "tasks")},
		{name: "missing tasks of a hello", does: "claims one task more than it lists", play: hello(rawHello(2, rawTask("t")...)), run: startFails(handshake, "task")},
		{name: "task twice", does: "lists a task twice", play: hello(rawHello(2, append(rawTask("t"), rawTask("t")...)...)), run: startFails(handshake, "twice")},
		{name: "task of no text", does: "lists a task whose name is not UTF-8", play: hello(rawHello(1, rawTask("\xff\xfe")...)), run: startFails(handshake, "UTF-8")},
		{name: "task without a name", does: "lists a task that has none", play: hello(rawHello(1, rawTask("")...)), run: startFails(handshake, "empty")},
		{name: "hello of nothing", does: "says an empty HELLO", play: kind(wire.KindHello), run: startFails(handshake, "magic")},
		{name: "frames too small", does: "asks for frames of one byte", play: hello(smallFrames()), run: startFails(handshake, "frame")},
		{name: "gone at once", does: "exits with status 0", play: func(*villain) { exit(0) }, run: startFails(handshake, "procactor.Main")},
		{name: "exits in its hello", does: "exits with status 0 in the middle of HELLO", play: func(v *villain) {
			v.send(wire.Header{Kind: wire.KindHello, Length: 100}, []byte("PROCTOR")...)
			exit(0)
		}, run: startFails(handshake, "procactor.Main")},
		{name: "closes in its hello", does: "closes its replies in the middle of HELLO and goes on", play: func(v *villain) {
			v.send(wire.Header{Kind: wire.KindHello, Length: 100}, []byte("PROCTOR")...)
			_ = v.out.Close()
		}, run: startFails(handshake, "closed its channel")},
		{name: "boot error", does: "says that its set-up failed", play: func(v *villain) {
			v.hello(nil)
			v.send(wire.Header{Kind: wire.KindBootError}, []byte("not today")...)
		}, run: startFails(isA[*procactor.SetupError], "not today")},
		{name: "boot errors without end", does: "says so again and again", play: func(v *villain) {
			v.hello(nil)
			v.flood(v.out, bulk(wire.KindBootError, 0, []byte("not today")...))
		}, run: startFails(isA[*procactor.SetupError], "not today")},
		{name: "boot error, then ready", does: "says that its set-up failed, and then that it is ready", play: func(v *villain) {
			v.hello(nil)
			v.write(append(wire.AppendFrame(nil, wire.KindBootError, 0, 0, []byte("not today")), wire.AppendFrame(nil, wire.KindReady, 0, 0)...))
		}, run: startFails(isA[*procactor.SetupError], "not today")},
		{name: "unknown frames first", does: "sends frames to be skipped without end, and no HELLO", play: func(v *villain) { v.flood(v.out, bulk(0xF0, 0, 1, 2, 3)) }, run: startFails(handshake, "skip")},
		{name: "silent", does: "says nothing", play: func(*villain) {}, run: (*bout).startTimesOut},
		{name: "hello only", does: "says HELLO and nothing more", play: func(v *villain) { v.hello(nil) }, run: (*bout).startTimesOut},
		{name: "half a hello", does: "says half of it", play: func(v *villain) { v.send(wire.Header{Kind: wire.KindHello, Length: 100}, []byte("PROCTOR")...) }, run: (*bout).startTimesOut},
		{name: "prints at the start", does: "says nothing, and prints without end", play: func(v *villain) { v.flood(stdout(), bytes.Repeat([]byte("\n"), 4<<10)) }, run: (*bout).startTimesOut},
	}
}

// smallFrames is a HELLO that asks for frames of one byte.
func smallFrames() []byte {
	b := rawHello(0)
	copy(b[12:], []byte{1, 0, 0, 0}) // behind the magic and the version
	return b
}

// startFails is a row whose start is refused with a typed error.
func startFails(is func(error) bool, says string) func(*bout) {
	return func(b *bout) {
		_, err := b.start(b.bounded())
		b.dead()
		require.Error(b, err)
		assert.True(b, isA[*actor.StartError](err), "%v", err)
		assert.True(b, is(err), "%v", err)
		require.ErrorContains(b, err, says)
		assert.Less(b, len(err.Error()), 16<<10, "an error is for people")
		b.othersWork(1)
	}
}

// startTimesOut is a row whose start ends by its own limit, or by its context.
func (b *bout) startTimesOut() {
	soon := b.trick
	soon.tune = func(w *procactor.Worker) { w.StartTimeout = time.Second }
	short := *b
	short.trick = soon
	_, err := short.start(b.bounded())
	require.ErrorIs(b, err, procactor.ErrStartTimeout)
	assert.True(b, isA[*actor.StartError](err), "%v", err)
	b.dead()

	again := *b
	again.line = newLine(b.T, b.fixture.Patience)
	ctx, cancel := context.WithCancel(b.Context())
	got := make(chan error, 1)
	go func() {
		_, err := again.start(ctx)
		got <- err
	}()
	again.othersWork(10)
	cancel()
	err = await(b.T, b.fixture.Patience, "the start's end", got)
	require.ErrorIs(b, err, context.Canceled)
	assert.True(b, isA[*actor.StartError](err), "%v", err)
	again.dead()
}
