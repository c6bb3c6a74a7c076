package procactortest

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
)

// randomTricks are made from a seed.
func randomTricks() []trick {
	return []trick{
		{name: "random bytes", does: "writes random bytes and exits", play: func(v *villain) {
			r := v.rand()
			b := make([]byte, r.IntN(4<<10))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			v.write(b)
			exit(0)
		}, run: (*bout).random},
		{name: "random bytes in a call", does: "writes random bytes instead of an answer, and exits", play: func(v *villain) {
			r := v.rand()
			v.serve()
			b := make([]byte, r.IntN(4<<10))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			v.write(b)
			exit(0)
		}, run: (*bout).random},
		{name: "random frames", does: "writes well-formed frames with random payloads, and exits", play: func(v *villain) {
			r := v.rand()
			v.write(randomFrames(r, 1))
			exit(0)
		}, run: (*bout).random},
		{name: "random frames in a call", does: "does so instead of an answer", play: func(v *villain) {
			r := v.rand()
			v.write(randomFrames(r, v.serve()))
			exit(0)
		}, run: (*bout).random},
		{name: "mutated session", does: "plays a good session in which some bytes are others, and exits", play: func(v *villain) {
			r := v.rand()
			hello, _ := wire.AppendHello(nil, goodHello())
			b := wire.AppendFrame(wire.AppendFrame(nil, wire.KindHello, 0, 0, hello), wire.KindReady, 0, 0)
			v.write(mutate(r, b))
			id := v.await(wire.KindRequest)
			b = wire.AppendFrame(nil, wire.KindStarted, 0, id)
			b = wire.AppendFrame(b, wire.KindReply, wire.FlagMore, id, wire.AppendReplyHead(nil, wire.Measures{Run: 1}), []byte{0x42})
			b = wire.AppendFrame(b, wire.KindChunk, 0, id, []byte("ok"))
			v.write(mutate(r, b))
			exit(0)
		}, tune: startsSoon, run: (*bout).random},
	}
}

func (v *villain) rand() *rand.Rand { return rand.New(rand.NewPCG(v.seed, 0)) } //nolint:gosec // to be told again by its seed

// startsSoon is for a HELLO that may claim to go on.
func startsSoon(w *procactor.Worker) { w.StartTimeout = 2 * time.Second }

// randomFrames is a number of frames of random kinds, some for the call id.
func randomFrames(r *rand.Rand, id uint64) (b []byte) {
	kinds := []wire.Kind{
		wire.KindHello, wire.KindReady, wire.KindBootError, wire.KindChunk, wire.KindStarted, wire.KindReply,
		wire.KindItem, wire.KindEnd, wire.KindError, wire.KindPong, wire.KindLog, 0xF0,
	}
	for range 1 + r.IntN(20) {
		h := wire.Header{Kind: kinds[r.IntN(len(kinds))], ID: id + uint64(r.IntN(2))}
		switch h.Kind { //nolint:exhaustive // the others are of a call
		case wire.KindHello, wire.KindReady, wire.KindBootError, wire.KindPong:
			h.ID = 0
		case wire.KindChunk, wire.KindReply, wire.KindItem, wire.KindEnd, wire.KindError:
			h.Flags = wire.Flags(r.IntN(2))
		}
		payload := make([]byte, r.IntN(1<<r.IntN(12)))
		for i := range payload {
			payload[i] = byte(r.Uint32()) >> r.IntN(8)
		}
		b = wire.AppendFrame(b, h.Kind, h.Flags, h.ID, payload)
	}
	return b
}

// mutate changes some bytes, or takes some away, or has some twice; at times it
// does nothing.
func mutate(r *rand.Rand, b []byte) []byte {
	for range r.IntN(4) {
		at := r.IntN(len(b))
		switch r.IntN(4) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b = append(b[:at:at], b[min(len(b), at+1+r.IntN(20)):]...)
		case 3:
			b = append(b[:at:at], b[max(0, at-r.IntN(20)):]...)
		}
		if len(b) == 0 {
			return b
		}
	}
	return b
}

// random is a row of which nobody knows the ending, but that it is one: every
// start and call ends with a typed error or well, and nobody is left.
func (b *bout) random() {
	for round := range b.fixture.Rounds {
		again := *b
		again.seed = b.seed + uint64(round)
		again.line = newLine(b.T, b.fixture.Patience)
		again.sys = hushed(b.T)
		h, err := again.start(b.bounded())
		if err != nil {
			assert.True(b, isA[*actor.StartError](err), "seed %d: %v", again.seed, err)
			again.dead()
			continue
		}
		// Where a request must be awaited that does not come, or an answer, the
		// caller gives up.
		ctx, cancel := context.WithCancel(b.bounded())
		got := make(chan error, 1)
		go func() {
			_, err := again.call(ctx, h, 1)
			got <- err
		}()
		again.othersWork(10)
		select {
		case err = <-got:
		case <-again.line.firstEnd():
			err = await(b.T, b.fixture.Patience, "the call's end", got)
		}
		cancel()
		if err != nil {
			assert.True(b, isA[*actor.CallError](err), "seed %d: %v", again.seed, err)
			assert.True(b, isA[*actor.ProtocolError](err) || isA[*procactor.ExitError](err) || isA[*procactor.TaskError](err) ||
				isA[*procactor.HandshakeError](err) || isA[*wire.LimitError](err) || isErr(actor.ErrNoActor)(err), "seed %d: %T %v", again.seed, err, err)
		}
		ended, stop := context.WithTimeout(context.Background(), patience)
		assert.NoError(b, again.sys.Close(ended))
		stop()
		again.dead()
	}
}
