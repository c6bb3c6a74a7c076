package procactortest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func stdout() *os.File { return os.Stdout }

// floodTricks write without end.
func floodTricks() []trick {
	frames := func(kind wire.Kind, payload ...byte) func(*villain) {
		return func(v *villain) { id := v.serve(); v.flood(v.out, bulk(kind, id, payload...)) }
	}
	// A flood that no rule ends lasts as long as the call.
	lasting := func(f func(v *villain) *os.File, what []byte) func(*villain) {
		return func(v *villain) { v.serve(); v.flood(f(v), what) }
	}
	out := func(*villain) *os.File { return os.Stdout }
	errs := func(*villain) *os.File { return os.Stderr }
	crash := func(v *villain) *os.File { return v.crash }
	lines := bytes.Repeat([]byte("all is well\n"), 2<<10)
	return []trick{
		{name: "started without end", does: "says STARTED again and again", play: frames(wire.KindStarted), run: lied("STARTED")},
		{name: "skipped without end", does: "sends empty frames to be skipped, without end", play: frames(wire.KindLog), run: lied("skip")},
		{name: "large skipped without end", does: "sends large ones", play: frames(0xF0, make([]byte, 120<<10)...), run: lied("skip")},
		{name: "pongs without end", does: "answers pings that nobody sent", play: func(v *villain) {
			v.serve()
			v.flood(v.out, bulk(wire.KindPong, 0, wire.AppendPong(nil, wire.Pong{Token: 1 << 40})...))
		}, run: lied("PONG")},
		{name: "chunks without end", does: "goes on with what it did not begin", play: frames(wire.KindChunk, 1), run: lied("CHUNK")},
		{name: "tiny items", does: "sends items of one byte, as many as it may, without end", play: func(v *villain) { v.tinyItems(v.serve()) }, run: (*bout).streamFloods},
		{name: "prints lines", does: "prints lines on stdout without end", play: lasting(out, lines), run: (*bout).floods},
		{name: "prints empty lines", does: "prints empty ones", play: lasting(out, bytes.Repeat([]byte("\n"), 32<<10)), run: (*bout).floods},
		{name: "prints errors", does: "prints lines on stderr without end", play: lasting(errs, lines), run: (*bout).floods},
		{name: "prints one line", does: "prints on both without end, and without a newline", play: func(v *villain) {
			v.serve()
			go v.flood(os.Stderr, bytes.Repeat([]byte("x"), 32<<10))
			v.flood(os.Stdout, bytes.Repeat([]byte("\x00\xff"), 16<<10))
		}, run: (*bout).floods},
		{name: "crash text", does: "writes crash texts without end", play: lasting(crash, bytes.Repeat([]byte("panic: boom\n\ngoroutine 1 [running]:\n"), 1<<10)), run: (*bout).floods},
		{name: "crash text, then exits", does: "writes much of it and exits", play: func(v *villain) {
			v.serve()
			for range 200 {
				v.writeTo(v.crash, bytes.Repeat([]byte("panic: boom\xff\n\ngoroutine 1 [running]:\n"), 1<<10))
			}
			exit(2)
		}, run: died("boom")},
		{name: "all at once", does: "prints, writes crash texts and answers pings that nobody sent", play: func(v *villain) {
			v.serve()
			go v.flood(os.Stdout, lines)
			go v.flood(os.Stderr, lines)
			go v.flood(v.crash, lines)
			<-v.silence()
			v.flood(v.out, bulk(wire.KindPong, 0, wire.AppendPong(nil, wire.Pong{Token: 1 << 40})...))
		}, run: lied("PONG")},
	}
}

// silence is a moment in which the others have come to write.
func (v *villain) silence() <-chan time.Time { return time.After(20 * time.Millisecond) }

// tinyItems sends items of one byte within its credit, and reads its credit.
func (v *villain) tinyItems(id uint64) {
	credit := make(chan int, 1024)
	go func() {
		for {
			f, err := v.in.Next()
			if err != nil {
				v.rest()
			}
			if f.Kind == wire.KindCredit {
				n, _ := wire.ParseCredit(f.Payload)
				credit <- int(n)
			}
		}
	}()
	batch := bulk(wire.KindItem, id, 0x40)
	items := len(batch) / (wire.HeaderSize + 1)
	for left := 64 << 10; ; left -= items { // the kit's window
		for left < items {
			left += <-credit
		}
		v.write(batch)
		v.tell(flooding)
	}
}

// floods is a row whose flood lasts until its caller gives up. Meanwhile
// another worker serves.
func (b *bout) floods() {
	h := b.begin()
	ctx, cancel := context.WithCancel(b.bounded())
	defer cancel()
	got := make(chan error, 1)
	go func() {
		_, err := b.call(ctx, h, 1)
		got <- err
	}()
	b.line.heard(b.T, flooding)
	b.othersWork(300)
	select {
	case err := <-got:
		require.FailNow(b, "the call has ended", "%v", err)
	default:
	}
	cancel()
	b.failed(await(b.T, b.fixture.Patience, "the call's end", got), unknown(isErr(context.Canceled), ""))
	b.dead()
}

// streamFloods is one whose stream is fed without end.
func (b *bout) streamFloods() {
	h := b.begin()
	taken := 0
	for _, err := range procactor.NewStreamTask[[]byte, []byte](taskItems, nil).On(h).Stream(b.bounded(), nil) {
		require.NoError(b, err)
		if taken++; taken%2000 == 0 {
			b.othersWork(10)
		}
		if taken == 200_000 {
			break
		}
	}
	assert.Equal(b, 200_000, taken)
	b.dead()
}

// silentTricks do not go on.
func silentTricks() []trick {
	large := func(w *procactor.Worker) { w.MaxBody = 4 << 20 }
	return []trick{
		{name: "never answers", does: "reads and does not answer", play: func(v *villain) { v.serve() }, run: deadline(1)},
		{name: "never answers what is long", does: "reads the head of a long request and no more", play: func(v *villain) { v.serve() }, tune: large, run: deadline(3 << 20)},
		{name: "never reads", does: "does not even read", play: (*villain).ready, run: deadline(1)},
		{name: "never reads what is long", does: "does not read a long request", play: (*villain).ready, tune: large, run: deadline(3 << 20)},
		{name: "drips", does: "sends one byte of its answer", play: func(v *villain) {
			v.send(wire.Header{Kind: wire.KindReply, ID: v.serve(), Length: 100 << 10}, 0)
		}, run: deadline(1)},
		{name: "drips within a message", does: "sends the first of many frames", play: func(v *villain) {
			v.send(wire.Header{Kind: wire.KindReply, ID: v.serve(), Flags: wire.FlagMore}, make([]byte, 100)...)
		}, run: deadline(1)},
		{name: "answers no ping", does: "answers neither call nor ping", play: func(v *villain) { v.serve() }, tune: func(w *procactor.Worker) {
			w.Silence = 300 * time.Millisecond
		}, run: callFails(unknown(func(err error) bool {
			exit, ok := errors.AsType[*procactor.ExitError](err)
			return ok && exit.Killed && errors.Is(err, procactor.ErrSilent)
		}, ""))},
		{name: "answers the wrong ping", does: "repeats its answer to the first ping", play: func(v *villain) {
			v.serve()
			v.await(wire.KindPing)
			for {
				v.send(wire.Header{Kind: wire.KindPong}, wire.AppendPong(nil, wire.Pong{Token: 1})...)
			}
		}, tune: func(w *procactor.Worker) { w.Silence = 3 * time.Second }, run: lied("PONG")},
		{name: "closes its requests", does: "answers one call, then reads no more", play: func(v *villain) {
			id := v.serve()
			_ = v.requests.Close()
			v.reply(id)
		}, run: (*bout).cannotBeSent},
	}
}

// deadline is a row whose call ends with its caller's deadline, and whose
// villain is ended after its grace.
func deadline(size int) func(*bout) {
	return func(b *bout) {
		h := b.begin()
		down := b.watch(h)
		b.unanswered(h, size, 50*time.Millisecond)
		b.othersWork(10)
		b.dead()
		down(isErr(procactor.ErrOverdue))
	}
}

// unanswered calls the villain with a deadline. On a busy machine that may be over
// before the request is sent: then the villain knows nothing of it, and nobody has
// a reason to end it. So it is called with twice the time until the request was
// sent.
func (b *bout) unanswered(h procactor.Host, size int, limit time.Duration) {
	b.Helper()
	for ; limit < b.fixture.Patience; limit *= 2 {
		ctx, cancel := context.WithTimeout(b.Context(), limit)
		_, err := b.call(ctx, h, size)
		cancel()
		b.failed(err, ending{isErr(context.DeadlineExceeded), "", []actor.Delivery{actor.Unknown, actor.NotSent}})
		if call, ok := errors.AsType[*actor.CallError](err); !ok || call.Delivery != actor.NotSent {
			return
		}
	}
	require.FailNow(b, "no request was sent in time")
}

// cannotBeSent is a row whose second request does not reach its worker: it
// fails, or another worker serves it.
func (b *bout) cannotBeSent() {
	h := b.begin()
	_, err := b.call(b.bounded(), h, 1)
	require.NoError(b, err)
	if _, err = b.call(b.bounded(), h, 1); err != nil {
		assert.True(b, isA[*actor.CallError](err), "%v", err)
		assert.True(b, isA[*procactor.ExitError](err), "%v", err)
		assert.NotErrorIs(b, err, context.DeadlineExceeded)
	}
	b.dead()
}
