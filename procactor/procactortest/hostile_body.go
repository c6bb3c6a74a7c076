package procactortest

import (
	"bytes"
	"context"
	"errors"
	"math"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bodyTricks have something wrong in a message, or are too long.
func bodyTricks() []trick {
	great := []byte{0xFF, 0xFF, 0xFF, 0xFF}
	answer := func(kind wire.Kind, payload ...byte) func(*villain) {
		return func(v *villain) { v.send(wire.Header{Kind: kind, ID: v.serve()}, payload...) }
	}
	reply := func(body ...byte) func(*villain) {
		return func(v *villain) {
			for id := v.serve(); ; id = v.await(wire.KindRequest) {
				v.replyWith(id, body...)
			}
		}
	}
	protocol := isA[*actor.ProtocolError]
	return []trick{
		{name: "bad reply", does: "answers with less than a reply", play: answer(wire.KindReply, 0xFF, 0xFF), run: lied("REPLY")},
		{name: "gigantic measures", does: "claims four billion measures", play: answer(wire.KindReply, great...), run: lied("map")},
		{name: "gigantic key", does: "claims a key of four gigabytes", play: answer(wire.KindReply, append([]byte{1, 0, 0, 0}, great...)...), run: lied("REPLY")},
		{name: "bad error", does: "answers with an error of no class", play: answer(wire.KindError, 0), run: lied("ERROR")},
		{name: "gigantic marks", does: "claims four billion marks of an error", play: answer(wire.KindError, append([]byte{1, 0, 0, 0, 0}, great...)...), run: lied("marks")},
		{name: "gigantic message", does: "claims four gigabytes of an error's text", play: answer(wire.KindError, append([]byte{1}, great...)...), run: lied("ERROR")},
		{name: "gigantic array", does: "answers with CBOR that claims an array without end", play: reply(0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), run: (*bout).bodyFails},
		{name: "gigantic bytes", does: "answers with CBOR that claims bytes without end", play: reply(0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 'x'), run: (*bout).bodyFails},
		{name: "deep array", does: "answers with ten thousand arrays in each other", play: reply(bytes.Repeat([]byte{0x81}, 10_000)...), run: (*bout).bodyFails},
		{name: "no body", does: "answers with no CBOR at all", play: reply(), run: (*bout).bodyFails},
		{name: "false limit", does: "fails for a limit that was not agreed", play: func(v *villain) {
			lie := wire.Failure{Class: wire.ClassOutput, Message: "does not encode", TooLong: &wire.LimitError{What: wire.BoundBody, Limit: wire.MinBody, Size: math.MaxUint64}}
			for id := v.serve(); ; id = v.await(wire.KindRequest) {
				v.send(wire.Header{Kind: wire.KindError, ID: id}, wire.AppendError(nil, lie)...)
			}
		}, run: (*bout).limitIsNotBelieved},
		{name: "endless chunks", does: "answers without end", play: func(v *villain) { v.chunks(wire.KindReply, v.serve(), make([]byte, 1<<16)) }, run: (*bout).tooLong},
		{name: "endless tiny chunks", does: "answers without end, a byte at a time", play: func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			var b []byte
			for len(b) < 64<<10 {
				b = wire.AppendFrame(b, wire.KindChunk, wire.FlagMore, id, []byte{0})
			}
			v.flood(v.out, b)
		}, run: (*bout).tooLong},
		{name: "endless error", does: "fails without end", play: func(v *villain) { v.chunks(wire.KindError, v.serve(), make([]byte, 1<<16)) }, run: (*bout).tooLong},
		{name: "empty chunks", does: "answers in pieces without bytes, without end", play: func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id})
			}
		}, run: lied("empty")},
		{name: "strange chunks", does: "begins a long answer to a call that nobody made", play: func(v *villain) { v.chunks(wire.KindReply, v.serve()+1, make([]byte, 1<<16)) }, run: lied("not under way")},
		{name: "answers of all calls", does: "begins long answers to a thousand calls", play: func(v *villain) {
			id := v.serve()
			for i := range uint64(1000) {
				v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id + i}, make([]byte, 1<<16)...)
			}
		}, run: lied("not under way")},
		{name: "begins twice", does: "begins its answer twice", play: func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
		}, run: lied("open")},
		{name: "too long once", does: "answers with more than the limit, then as it should", play: func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for range 40 {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id}, make([]byte, 1<<16)...)
			}
			v.send(wire.Header{Kind: wire.KindChunk, ID: id}, 0)
			for {
				v.reply(v.await(wire.KindRequest))
			}
		}, run: (*bout).tooLongOnce},

		{name: "beyond credit", does: "sends more items than it may", play: func(v *villain) {
			id := v.serve()
			item := append([]byte{0x59, 0x80, 0x00}, make([]byte, 0x8000)...)
			for {
				v.send(wire.Header{Kind: wire.KindItem, ID: id}, item...)
			}
		}, run: streamFails(unknown(protocol, "credit"), true)},
		{name: "window of one byte", does: "asks for a window of one byte, sends items and reads no credit", play: func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Limits.Window = 1 })
			v.send(wire.Header{Kind: wire.KindReady})
			v.flood(v.out, bulk(wire.KindItem, v.await(wire.KindRequest), 0x40))
		}, run: streamFails(unknown(protocol, "credit"), false)},
		{name: "a reply to a stream", does: "sends a reply to who wants items", play: func(v *villain) { v.reply(v.serve()) }, run: streamFails(unknown(protocol, "REPLY"), false)},
		{name: "bad end", does: "ends a stream with what is no END", play: answer(wire.KindEnd, great...), run: streamFails(unknown(protocol, "map"), false)},
		{name: "item without end", does: "sends one item that does not end", play: func(v *villain) { v.chunks(wire.KindItem, v.serve(), make([]byte, 1<<16)) }, run: streamFails(unknown(isBodyLimit, "bytes of a message"), false)},
		{name: "empty items", does: "sends items of no bytes", play: func(v *villain) { v.flood(v.out, bulk(wire.KindItem, v.serve())) }, run: streamFails(unknown(isA[*procactor.TaskError], "decode"), false)},
	}
}

// bodyFails is a row whose answer is no value: that is the caller's to know,
// and the worker stays.
func (b *bout) bodyFails() {
	h := b.begin()
	for range 2 {
		_, err := b.call(b.bounded(), h, 1)
		b.failed(err, done(isA[*procactor.TaskError], "decode"))
	}
}

// limitIsNotBelieved is a row whose error tells nothing of a limit.
func (b *bout) limitIsNotBelieved() {
	h := b.begin()
	for range 2 {
		_, err := b.call(b.bounded(), h, 1)
		b.failed(err, done(isA[*procactor.TaskError], "does not encode"))
		assert.False(b, isA[*wire.LimitError](err), "a limit that was not agreed")
	}
}

// isBodyLimit tells the limit that the kit has set.
func isBodyLimit(err error) bool {
	limit, ok := errors.AsType[*wire.LimitError](err)
	return ok && limit.What == wire.BoundBody && limit.Limit == 1<<20
}

// tooLong is a row whose answer is above the limit.
func (b *bout) tooLong() {
	h := b.begin()
	_, err := b.call(b.bounded(), h, 1)
	b.failed(err, done(isBodyLimit, "bytes of a message"))
	b.othersWork(10)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b, b.sys.Close(ctx))
	b.dead()
}

// tooLongOnce is one whose next calls succeed.
func (b *bout) tooLongOnce() {
	h := b.begin()
	_, err := b.call(b.bounded(), h, 1)
	b.failed(err, done(isBodyLimit, "bytes of a message"))
	for range 3 {
		_, err = b.call(b.bounded(), h, 1)
		require.NoError(b, err)
	}
}

// streamFails is a row whose stream ends with a typed error, and whose villain
// is ended. A lazy consumer takes nothing before another worker has served.
func streamFails(e ending, lazy bool) func(*bout) {
	return func(b *bout) {
		h := b.begin()
		var last error
		for _, err := range procactor.NewStreamTask[[]byte, []byte](taskItems, nil).On(h).Stream(b.bounded(), nil) {
			if lazy {
				b.othersWork(20)
				lazy = false
			}
			last = err
		}
		b.dead()
		require.Error(b, last)
		call, ok := last.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
		require.Truef(b, ok, "%T is no *CallError: %v", last, last)
		assert.True(b, e.is(last), "%v", last)
		assert.ErrorContains(b, last, e.says)
		assert.Contains(b, e.delivery, call.Delivery)
		b.othersWork(1)
	}
}
