package procactor

import (
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// errand is one Do of a Host of somebody else, on a goroutine of its own. What
// that replies is taken by the goroutine of the caller: it decodes and hands on
// there, where it may panic, and the Host waits for it.
type errand struct {
	bodies chan []byte   // from reply
	taken  chan error    // how the last body was taken
	gone   chan struct{} // closed when nobody takes any more
	over   chan struct{} // closed when Do has returned
	err    error         // of Do; set before over is closed
}

// Errors of reply.
var (
	errReplyLate = errors.New("a reply after Do has returned")
	errReplyGone = errors.New("a reply that nobody waits for any more")
)

// send has the host do the request. serve must follow.
func send(ctx context.Context, h Host, r *actor.RawRequest) *errand {
	e := &errand{bodies: make(chan []byte), taken: make(chan error), gone: make(chan struct{}), over: make(chan struct{})}
	go func() {
		fault := &foreign.Fault{} // of a Goexit
		defer func() {
			if fault != nil {
				e.err = stdio.PanicOf(fault)
			}
			close(e.over)
		}()
		fault = foreign.Do(func() { e.err = actor.SafeError(h.Do(ctx, r, e.reply)) })
	}()
	return e
}

// reply is what the host is given. It waits for whoever takes the body, and for
// nobody who does not.
func (e *errand) reply(body []byte) error {
	select {
	case <-e.over:
		return errReplyLate
	default:
	}
	select {
	case e.bodies <- body:
	case <-e.gone:
		return errReplyGone
	case <-e.over:
		return errReplyLate
	}
	select {
	case err := <-e.taken:
		return err
	case <-e.gone: // what took it has panicked, or ended its goroutine
		return errReplyGone
	}
}

// serve gives what the host replies to take, until Do has returned: then the error
// is that of Do, and left is false. After the end of ctx nothing is taken, and Do
// has a little time to say how far it got; then it is left behind.
func (e *errand) serve(ctx context.Context, take func(body []byte) error) (left bool, err error) {
	defer close(e.gone)
	done := ctx.Done()
	var late <-chan time.Time
	for {
		select {
		case body := <-e.bodies:
			taken := actor.ContextError(ctx)
			if taken == nil {
				taken = take(body)
			}
			e.taken <- taken
		case <-e.over:
			return false, e.err
		case <-done:
			done = nil
			limit := time.NewTimer(deadlineSlack)
			defer limit.Stop()
			late = limit.C
		case <-late:
			return true, actor.ContextError(ctx)
		}
	}
}
