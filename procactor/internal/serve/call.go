package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// call is one call in the worker.
type call struct {
	s     *Server
	id    uint64
	task  *Task
	ctx   callContext
	begun time.Time     // when the request was taken in
	ran   time.Time     // when the task began, if the call is measured
	cpu   time.Duration // of the process at that time
	said  bool          // a REPLY was sent
	reads bool          // at its end: the goroutine it ran on still is the one that reads
	told  bool          // STARTED was sent; protected by Server.mu
	ended bool          // its last frame was put into the writer's buffer; protected by that

	mu     sync.Mutex // protects the following
	window int64      // bytes that may still be sent; it may be overdrawn by one item
	more   chan struct{}
}

// canceledError is the cause of a call's canceled context.
type canceledError struct{ why string }

func (e *canceledError) Error() string        { return e.why }
func (e *canceledError) Is(target error) bool { return target == context.Canceled }

// accept parses a request and enters its call; nil when it was answered.
func (s *Server) accept(f wire.Frame) (*call, Job) {
	req, err := wire.ParseRequest(f.Payload)
	if err != nil {
		s.fail(f.ID, wire.Failure{Class: wire.ClassInput, Message: err.Error()})
		return nil, nil
	}
	t, ok := s.tasks[string(req.Task)]
	if !ok {
		s.fail(f.ID, wire.Failure{Class: wire.ClassUnknownTask, Message: fmt.Sprintf("this worker has no task %q", req.Task)})
		return nil, nil
	}
	if s.stopping { // set by whoever reads, as this goroutine does
		s.refuse(f.ID)
		return nil, nil
	}
	if s.options.Begun != nil { // from here on it is looked at, by code of the task's
		s.options.Begun(s.reader.Offset())
	}
	// Parsed before the reading can go on: the body lies in the read buffer.
	returned := false
	defer mustReturn(&returned, "the codec of the input")
	j, err := t.Parse(req.Body, s.limits)
	returned = true
	if err != nil {
		s.fail(f.ID, wire.Failure{Class: wire.ClassInput, Message: "the input does not decode: " + err.Error()})
		return nil, nil
	}
	c := &call{s: s, id: f.ID, task: t, begun: time.Now(), window: int64(s.limits.Window)}
	c.ctx.server, c.ctx.call = s, callOf(req)
	if req.Remaining > 0 {
		c.ctx.deadline = c.begun.Add(req.Remaining)
	}
	s.mu.Lock()
	refused := ""
	switch {
	case s.over:
		refused = "the worker is stopping"
	case s.calls[f.ID] != nil:
		refused = "the call's id is in use"
	default:
		s.calls[f.ID] = c
		if t.Info.Concurrent <= 1 {
			s.inline = c // it runs on the goroutine that reads
		}
		s.pace()
	}
	s.mu.Unlock()
	if refused != "" {
		s.fail(f.ID, wire.Failure{Class: wire.ClassStopping, Message: refused})
		return nil, nil
	}
	return c, j
}

// run does the work and answers. That the call has started the pacer says, if
// its answer does not come first.
func (c *call) run(j Job) {
	s := c.s
	s.started.Add(1)
	if c.ctx.call.Measure {
		c.ran, c.cpu = time.Now(), s.options.CPUTime()
	}
	returned := false
	defer func() {
		if !returned {
			c.crashed()
		}
	}()
	err := j.Run(&c.ctx, c)
	returned = true
	c.answer(err)
	c.end()
}

// crashed announces which call is about to end the process. Nobody recovers
// the panic, so its own text and stack follow from the runtime. A task that
// ends its goroutine would leave its caller waiting: that is made a panic.
func (c *call) crashed() {
	if c.s.options.Crash != nil {
		_, _ = fmt.Fprintf(c.s.options.Crash, "proctor: call %d of task %q panicked\n", c.id, c.task.Info.Name)
	}
	mustReturn(new(bool), "the task")
}

// mustReturn, deferred, makes a panic of the end of a goroutine on which
// somebody waits.
func mustReturn(returned *bool, who string) {
	if !*returned && foreign.CalledGoexit() {
		panic(who + " called runtime.Goexit") //nolint:forbidigo // see above: the process must end
	}
}

// end takes the call out; the last one after STOP ends the worker.
func (c *call) end() {
	s := c.s
	c.ctx.end(nil)
	s.finished.Add(1)
	s.mu.Lock()
	if c.reads = s.inline == c; c.reads {
		s.inline = nil
	}
	delete(s.calls, c.id)
	idle := len(s.calls) == 0
	last := s.stopping && idle
	if idle && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
	s.mu.Unlock()
	if last {
		s.rest()
	}
}

func (c *call) measures() wire.Measures {
	if !c.ctx.call.Measure {
		return wire.Measures{Run: time.Since(c.begun)}
	}
	m := wire.Measures{Queue: c.ran.Sub(c.begun), Run: time.Since(c.ran)}
	if c.task.Info.Concurrent <= 1 && c.cpu > 0 {
		m.CPU = c.s.options.CPUTime() - c.cpu
	}
	return m
}

// answer sends the last frame of the call.
func (c *call) answer(err error) {
	switch {
	case err == nil && c.task.Info.Stream:
		_ = c.last(wire.KindEnd, link.Bytes(wire.AppendEnd(nil, c.measures())))
	case err == nil && c.said:
	case err == nil:
		c.fail(wire.Failure{Class: wire.ClassOutput, Message: "the task returned without a result"})
	default:
		c.fail(c.failure(err))
	}
}

// fail answers with an error, as text if its body is too long.
func (c *call) fail(f wire.Failure) {
	err := c.last(wire.KindError, link.Bytes(wire.AppendError(nil, f)))
	if limit := link.BodyLimit(err); limit != nil {
		f.Body, f.TooLong = nil, limit
		_ = c.last(wire.KindError, link.Bytes(wire.AppendError(nil, f)))
	}
}

// last sends the frame that ends the call.
func (c *call) last(kind wire.Kind, build link.Encoder) error {
	return c.s.out.Message(kind, c.id, func(dst []byte) ([]byte, error) {
		c.ended = true
		return build(dst)
	}, nil)
}

// errEnded keeps a STARTED back that would come after the answer.
var errEnded = errors.New("the call has been answered")

// tell says STARTED, unless the answer was first.
func (c *call) tell() {
	_ = c.s.out.Enqueue(wire.KindStarted, c.id, func(dst []byte) ([]byte, error) {
		if c.ended {
			return dst, errEnded
		}
		return dst, nil
	}, nil)
}

// failure turns the task's error into what travels. One that panics, or ends
// whoever looks into it, must not end the worker: others have their calls here.
func (c *call) failure(err error) wire.Failure {
	err = actor.SafeError(err)
	f := wire.Failure{Class: wire.ClassTask, Message: foreign.Text(err), Measures: c.measures()}
	f.Marks, _ = foreign.Ask(err, func() []string { return c.s.options.Marks(err) })
	if out, ok := foreign.As[*outputError](err); ok {
		f.Class, f.Message, f.TooLong = wire.ClassOutput, out.Error(), link.BodyLimit(out.err)
		return f
	}
	if c.ctx.Err() != nil && foreign.Is(err, context.Canceled) {
		f.Class = wire.ClassCanceled
	}
	if c.task.EncodeError != nil {
		if body, encErr := c.task.EncodeError(nil, err); encErr == nil {
			f.Body = body
		}
	}
	return f
}

func (s *Server) fail(id uint64, f wire.Failure) {
	_ = s.out.Frame(wire.KindError, id, wire.AppendError(nil, f))
}

func (c *call) giveUp(why string) { c.ctx.end(&canceledError{why}) }

// Reply implements [Answerer].
func (c *call) Reply(j Job) error {
	err := c.s.out.Message(wire.KindReply, c.id, func(dst []byte) ([]byte, error) {
		c.ended = true
		return j.Encode(wire.AppendReplyHead(dst, c.measures()))
	}, nil)
	if err != nil {
		return &outputError{err}
	}
	c.said = true
	return nil
}

// Item implements [Answerer]: it waits for credit, and until the item is in the
// pipe: a task that dies behind it takes it back no more.
func (c *call) Item(encode func([]byte) ([]byte, error)) error {
	body, err := encode(nil)
	if err != nil {
		return &outputError{err}
	}
	if err := c.spend(int64(len(body))); err != nil {
		return err
	}
	if err := c.s.out.Deliver(wire.KindItem, c.id, body); err != nil {
		return &outputError{err}
	}
	return nil
}

// spend waits until the window is open, and takes n bytes of it. One item may
// overdraw it, so that items larger than the window pass.
func (c *call) spend(n int64) error {
	for {
		c.mu.Lock()
		if c.window > 0 {
			c.window -= max(n, 1)
			c.mu.Unlock()
			return context.Cause(c.ctx.force())
		}
		if c.more == nil {
			c.more = make(chan struct{})
		}
		more := c.more
		c.mu.Unlock()
		select {
		case <-more:
		case <-c.ctx.Done():
			return context.Cause(c.ctx.force())
		}
	}
}

func (c *call) credit(n uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.window = min(c.window+int64(n), int64(wire.HardLimit))
	if c.more != nil {
		close(c.more)
		c.more = nil
	}
}
