package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// heard is what a stream of bytes says, as far as it goes.
type heard struct {
	kinds        []wire.Kind
	hello, ready bool
	stop         bool
	requests     map[string]uint64 // the ids of those that are whole, by the call's name
	items        map[uint64][]string
	started      map[uint64]bool
	answers      map[uint64]wire.Frame
}

// listen takes the messages out of what has passed in one direction. What is
// not whole was not said.
func listen(b []byte) heard {
	h := heard{requests: map[string]uint64{}, items: map[uint64][]string{}, started: map[uint64]bool{}, answers: map[uint64]wire.Frame{}}
	asm := wire.NewAssembler(0, 0)
	for r := wire.NewReader(bytes.NewReader(b), wire.MaxHello); ; {
		f, err := r.Next()
		if err != nil {
			return h
		}
		h.kinds = append(h.kinds, f.Kind)
		whole, ok, err := asm.Add(f)
		if err != nil || !ok {
			continue
		}
		whole.Payload = bytes.Clone(whole.Payload)
		h.hear(whole)
	}
}

func (h *heard) hear(f wire.Frame) {
	switch f.Kind { //nolint:exhaustive // the others say nothing about a call's end
	case wire.KindHello:
		h.hello = true
	case wire.KindReady:
		h.ready = true
	case wire.KindStop:
		h.stop = true
	case wire.KindRequest:
		if req, err := wire.ParseRequest(f.Payload); err == nil {
			if in, err := codec.Default[string]().Parse(req.Body); err == nil {
				h.requests[in[:1]] = f.ID
			}
		}
	case wire.KindStarted:
		h.started[f.ID] = true
	case wire.KindItem:
		item, _ := codec.Default[string]().Parse(f.Payload)
		h.items[f.ID] = append(h.items[f.ID], item)
	case wire.KindReply, wire.KindEnd, wire.KindError:
		h.answers[f.ID] = f
	}
}

// trial is one run of a session, what went over its wire, and how it was
// broken.
type trial struct {
	*run
	point
	fate  fate
	wrong []string

	asked heard // what the parent said, as far as somebody took it
	got   heard // what of that came to the worker
	told  heard // what the worker said, as far as it came to the parent
	ended bool  // the direction was broken
}

func (t *trial) claim(ok bool, format string, args ...any) {
	if !ok {
		t.wrong = append(t.wrong, fmt.Sprintf(format, args...))
	}
}

// judge holds how the run ended against what passed over its wire.
func (t *trial) judge() {
	taken, given, in := t.wire.toWorker.bytes()
	_, back, out := t.wire.toParent.bytes()
	t.asked, t.got, t.told, t.ended = listen(taken), listen(given), listen(back), in || out
	t.judgeStart()
	if t.startErr != nil {
		t.claim(len(t.calls) == 0, "calls without a worker")
		return
	}
	for _, c := range t.calls {
		t.judgeCall(c)
	}
	t.judgeEnd()
}

// judgeStart: it succeeds if READY has come, and only then.
func (t *trial) judgeStart() {
	err := t.startErr
	if err == nil {
		t.claim(t.got.hello && t.told.hello && t.told.ready, "it started without a handshake")
		return
	}
	var start *actor.StartError
	var misfit *procactor.HandshakeError
	var exit *procactor.ExitError
	t.claim(errors.As(err, &start), "the start's error is %T: %v", err, err)
	t.claim(t.ended, "the start failed on a whole wire: %v", err)
	if t.fate != cut {
		t.claim(errors.Is(err, procactor.ErrStartTimeout), "a stall shows as %v", err)
		t.claim(!t.told.ready, "READY was not taken: %v", err)
		return
	}
	t.claim(!t.told.ready, "READY was not taken, though the worker ended only then: %v", err)
	// Without its parent it ends; a slow one is not waited for. Without its
	// voice it goes on, unless it has more to say: then it ends.
	ended := errors.As(err, &exit) && strings.Contains(err.Error(), "ended before it was ready")
	silent := errors.As(err, &misfit) && strings.Contains(err.Error(), "closed its channel")
	t.claim(ended || silent, "cut off it shows as %v", err)
}

// judgeCall: one end each, and the one that fits what has passed.
func (t *trial) judgeCall(c *sessionCall) {
	is := func(ok bool, format string, args ...any) {
		t.claim(ok, "call "+c.name+": "+format, args...)
	}
	id, taken := t.asked.requests[c.name]
	_, given := t.got.requests[c.name]
	answer, answered := t.told.answers[id]
	answered = answered && taken
	ran := t.marks(c.name)
	is(ran <= 1, "it ran %d times", ran)
	is(given || ran == 0, "it ran without its request")
	is(!answered || ran == 1 || answer.Kind == wire.KindError, "it was answered and ran %d times", ran)
	if c.streamed {
		is(c.ends <= 1, "its stream ended %d times", c.ends)
		is(slices.Equal(t.told.items[id], c.items), "its items are %q of %q", c.items, t.told.items[id])
		is(len(c.items) == 0 || ran == 1, "it has items and did not run")
	}
	if c.err == nil {
		is(answered && answer.Kind != wire.KindError, "it succeeded without an answer")
		is(c.streamed || c.out == c.in, "it returned %q", c.out)
		is(!c.streamed || slices.Equal(c.items, stepsOf(c.in)), "it ended well with %q", c.items)
		return
	}
	call, ok := errors.AsType[*actor.CallError](c.err)
	if !ok {
		is(false, "its error is a %T: %v", c.err, c.err)
		return
	}
	is(call.Delivery > actor.NotStarted || ran == 0, "it says %v and ran: %v", call.Delivery, c.err)
	var task *procactor.TaskError
	var exit *procactor.ExitError
	mayNotRun := errors.Is(c.err, actor.ErrNoActor) && call.Delivery == actor.NotSent ||
		errors.As(c.err, &exit) && call.Delivery == actor.NotStarted && exit.CallState == procactor.CallSent
	mayHaveRun := errors.As(c.err, &exit) && call.Delivery == actor.Unknown && exit.CallState == procactor.CallStarted
	switch {
	case c.gaveUp() && call.Delivery == actor.Unknown && isContextEnd(c.err):
		// The caller went away first; what the worker does with its CANCEL it
		// does for itself.
	case c.gaveUp() && t.timeout > 0 && call.Delivery == actor.NotSent && isContextEnd(c.err):
		is(!given, "it says not sent: %v", c.err) // its turn never came
	case c.gaveUp() && c.streamed && answered && call.Delivery == actor.Done && isContextEnd(c.err):
		// Both at once: the worker was done, and what it sent was not all taken.
	case answered && answer.Kind == wire.KindError:
		is(call.Delivery == actor.Done && errors.As(c.err, &task), "the task's error shows as %v", c.err)
	case answered:
		is(false, "its %s came, and it failed: %v", answer.Kind, c.err)
	case given && ran > 0:
		// Whether it ran to its end nobody can tell: its answer is not there.
		is(mayHaveRun, "it was begun: %v", c.err)
	case given:
		// Read or not, the worker may say that it did not begin it.
		is(mayHaveRun || mayNotRun, "its request came to the worker: %v", c.err)
	case taken:
		// Somewhere between the two: on its way when the worker ended.
		is(mayHaveRun || mayNotRun, "its request was taken: %v", c.err)
	case t.plain || !procactor.KnowsUnread():
		// Here nobody can tell what of the pipe a dead worker has read.
		is(mayHaveRun || mayNotRun, "its request was not whole: %v", c.err)
	case t.fate != cut:
		// A write that goes on may have passed more than was taken from it.
		is(mayHaveRun || mayNotRun, "its request is on its way: %v", c.err)
	default:
		is(mayNotRun, "its request was not whole: %v", c.err)
	}
	if t.fate == cut && t.dir == toWorker && given && !answered {
		// Such a worker lets its calls end, and its answers come through.
		is(c.gaveUp(), "the worker had it, and did not answer: %v", c.err)
	}
}

func (c *sessionCall) gaveUp() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.canceled || c.timed
}

func isContextEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// judgeEnd: one Down, with the reason, and nothing under way.
func (t *trial) judgeEnd() {
	t.claim(t.open == [2]int{}, "%d requests are admitted and %d calls run when all is over", t.open[0], t.open[1])
	t.claim(t.stopErr == nil || errors.Is(t.stopErr, actor.ErrNoActor), "Stop: %v", t.stopErr)
	if len(t.down) != 1 {
		t.claim(false, "%d Downs came", len(t.down))
		return
	}
	reason := t.down[0].Reason
	var exit *procactor.ExitError
	if errors.Is(reason, actor.ErrNoActor) {
		t.claim(t.ended && len(t.asked.requests) == 0, "it was gone before anybody looked: %v", reason)
		return
	}
	switch {
	case errors.Is(reason, actor.ErrShutdown) && !errors.As(reason, &exit):
		t.claim(t.got.stop, "it stopped without STOP: %v", reason)
	case t.fate != cut:
		t.claim(t.ended && errors.As(reason, &exit) && exit.Killed, "a stall ends with %v", reason)
		t.claim(errors.Is(reason, procactor.ErrSilent) || errors.Is(reason, procactor.ErrOverdue) ||
			errors.Is(reason, actor.ErrShutdown) || errors.Is(reason, actor.ErrKilled), "a stall ends with %v", reason)
	case t.dir == toWorker:
		// Right behind STOP the worker sees either of two ends, and obeys.
		t.claim(errors.As(reason, &exit) && (errors.Is(reason, actor.ErrNoConnection) || exit.Killed), "the worker lost its parent: %v", reason)
	case t.dir == toParent:
		t.claim(t.ended && errors.As(reason, &exit), "the parent lost its worker: %v", reason)
	default:
		t.claim(false, "a whole session ends with %v", reason)
	}
}

// String tells the trial, for whoever has to find out what went wrong.
func (t *trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %v at %d %v (plain %v)\n  asked %v, of which came %v\n  told %v\n", t.point.session.name, t.fate, t.byte, t.dir, t.plain, t.asked.kinds, t.got.kinds, t.told.kinds)
	fmt.Fprintf(&b, "  requests %v answers %v\n", slices.Sorted(maps.Keys(t.got.requests)), slices.Sorted(maps.Keys(t.told.answers)))
	if t.startErr != nil {
		fmt.Fprintf(&b, "  start: %v\n", t.startErr)
	}
	for _, c := range t.calls {
		fmt.Fprintf(&b, "  call %s: %q %q %v, ran %d\n", c.name, c.out, c.items, c.err, t.marks(c.name))
	}
	for _, d := range t.down {
		fmt.Fprintf(&b, "  down: %v\n", d.Reason)
	}
	return b.String() + "  WRONG: " + strings.Join(t.wrong, "\n  WRONG: ")
}
