package supervise

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// Request is what a supervisor's [actor.Ref] takes: one of the types below,
// which are plain data. What needs a function, such as StartChild, is only
// among the methods of [Supervisor]. The sum is sealed.
type Request interface{ asRequest() request }

// The requests. What each does and which errors it has is said at the method
// of that name; the error of a Call is an *[actor.CallError] around it.
type (
	// StartInstance starts another instance of the template, by the template's own StartFunc.
	StartInstance struct{}
	// TerminateChild stops a child.
	TerminateChild struct{ ID string }
	// RestartChild starts a child that does not run.
	RestartChild struct{ ID string }
	// DeleteChild forgets a child that does not run.
	DeleteChild struct{ ID string }
	// ResumeChild starts again one whose circuit is open.
	ResumeChild struct{ ID string }
	// WhichChildren lists the children.
	WhichChildren struct{}
	// CountChildren counts them.
	CountChildren struct{}
	// WhichChild tells of one of them.
	WhichChild struct{ ID string }
	// GetChildSpec tells its spec, but for what is no plain data.
	GetChildSpec struct{ ID string }
	// TakeSnapshot is Snapshot: it does not wait for its turn.
	TakeSnapshot struct{}
)

func (StartInstance) asRequest() request    { return reqInstance{} }
func (r TerminateChild) asRequest() request { return reqTerminate{r.ID} }
func (r RestartChild) asRequest() request   { return reqRestart{r.ID} }
func (r DeleteChild) asRequest() request    { return reqDelete{r.ID} }
func (r ResumeChild) asRequest() request    { return reqResume{r.ID} }
func (WhichChildren) asRequest() request    { return reqWhich{} }
func (CountChildren) asRequest() request    { return reqCount{} }
func (r WhichChild) asRequest() request     { return reqChild{r.ID} }
func (r GetChildSpec) asRequest() request   { return reqSpec{r.ID} }
func (TakeSnapshot) asRequest() request     { return nil }

// Reply is the answer to a [Request]; which field is set depends on that.
type Reply struct {
	PID      actor.PID   `json:"pid,omitzero"`       // StartInstance, RestartChild: zero when the start was ignored
	Children []ChildInfo `json:"children,omitempty"` // WhichChildren; WhichChild: one
	Counts   Counts      `json:"counts,omitzero"`    // CountChildren
	Spec     SpecInfo    `json:"spec,omitzero"`      // GetChildSpec
	Snapshot *Snapshot   `json:"snapshot,omitempty"` // TakeSnapshot
}

// SpecInfo is what of a [ChildSpec] is plain data; the fields are those of that.
type SpecInfo struct {
	ID          string        `json:"id"`
	Restart     Restart       `json:"restart"`
	Shutdown    time.Duration `json:"shutdown"`
	Type        ChildType     `json:"type"`
	Significant bool          `json:"significant,omitempty"`
	Backoff     Backoff       `json:"backoff,omitzero"`
	MaxRestarts Budget        `json:"max_restarts,omitzero"`
}

// info is the part of c that is plain data.
func (c ChildSpec) info() SpecInfo {
	return SpecInfo{
		ID: c.ID, Restart: c.Restart, Shutdown: c.Shutdown, Type: c.Type, Significant: c.Significant, Backoff: c.Backoff, MaxRestarts: c.MaxRestarts,
	}
}

// Ref returns a Ref to the supervisor at the path, whichever incarnation is
// there when it is used; actor.RefAt with these types and the path gives the
// same. A call of it is the method of the same name of the handle.
func (s *Supervisor) Ref() actor.Ref[Request, Reply] {
	if s.sys == nil {
		return actor.Ref[Request, Reply]{} // of a zero handle
	}
	return actor.RefAt[Request, Reply](s.sys, s.path)
}

// errNilRequest refuses what no request is.
var errNilRequest = errors.New("nil is no request")

// Name implements [actor.Target].
func (c *cell) Name() string { return c.path }

// PID implements [actor.Target].
func (c *cell) PID() (actor.PID, bool) {
	run, _, _ := c.look()
	if run == nil || run.life.Reason() != nil {
		return actor.PID{}, false
	}
	return run.life.PID(), true
}

// Watch implements [actor.Target].
func (c *cell) Watch(ctx context.Context) <-chan actor.Down { return c.sys.WatchAt(ctx, c.path) }

// Call implements [actor.Target].
func (c *cell) Call(ctx context.Context, req Request) (Reply, error) {
	return c.serve(ctx, "call", req)
}

func (c *cell) serve(ctx context.Context, op string, req Request) (Reply, error) {
	if err := c.refuse(ctx, req); err != nil {
		return Reply{}, c.failed(op, actor.NotSent, err)
	}
	wanted := req.asRequest()
	if wanted == nil { // TakeSnapshot
		s, err := c.snapshot(ctx)
		if err != nil {
			return Reply{}, c.failed(op, actor.NotStarted, err)
		}
		return Reply{Snapshot: &s}, nil
	}
	a, delivery, err := c.ask(ctx, wanted)
	if err != nil {
		return Reply{PID: a.pid}, c.failed(op, delivery, err)
	}
	return Reply{PID: a.pid, Children: a.which, Counts: a.count, Spec: a.spec.info()}, nil
}

// refuse answers what needs no supervisor to be refused.
func (c *cell) refuse(ctx context.Context, req Request) error {
	switch {
	case req == nil, isNilPointer(req):
		return errNilRequest
	case ctx.Err() != nil:
		return actor.ContextError(ctx)
	case !c.sys.Admits(ctx):
		return actor.ErrDraining
	}
	return nil
}

// isNilPointer reports whether req is a pointer to nothing: what its value has,
// a pointer has, too, and is a Request as well.
func isNilPointer(req Request) bool {
	v := reflect.ValueOf(req)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

func (c *cell) failed(op string, d actor.Delivery, err error) error {
	pid, ok := c.PID()
	if !ok {
		pid = actor.PID{Name: c.path}
	}
	return &actor.CallError{Op: op, PID: pid, Delivery: d, Err: err}
}

// Cast implements [actor.Target].
func (c *cell) Cast(ctx context.Context, req Request) error {
	if err := c.refuse(ctx, req); err != nil {
		return c.failed("cast", actor.NotSent, err)
	}
	wanted := req.asRequest()
	if wanted == nil {
		return nil // a snapshot for nobody
	}
	if _, err := c.put(ctx, &question{req: wanted, reply: func(a answer) {
		if a.err == errUnserved { //nolint:errorlint // an answer of the supervisor's, not wrapped
			c.sys.DeadLetter(actor.DeadLetter{To: actor.PID{Name: c.path}, Request: req, Reason: a.err})
		}
	}}); err != nil {
		return c.failed("cast", actor.NotSent, err)
	}
	return nil
}

// Stream implements [actor.Target]: every request has one item, its reply.
func (c *cell) Stream(ctx context.Context, req Request) iter.Seq2[Reply, error] {
	var used atomic.Bool
	return func(yield func(Reply, error) bool) {
		if used.Swap(true) {
			yield(Reply{}, c.failed("stream", actor.NotSent, actor.ErrStreamUsed))
			return
		}
		yield(c.serve(ctx, "stream", req))
	}
}

var _ actor.Target[Request, Reply] = (*cell)(nil)
