package supervise

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
)

// ChildInfo is one line of [Supervisor.WhichChildren].
type ChildInfo struct {
	ID      string
	State   ChildState
	PID     actor.PID // zero unless State is Running
	Type    ChildType
	Restart Restart
}

// errGoesOn answers who does not wait any more for what is being carried out.
var errGoesOn = errors.New("the request is being carried out")

// translate turns lives into PIDs.
func (i *incarnation) translate(r reply) answer {
	a := answer{err: r.err, count: r.count, spec: r.spec, pid: i.pid(r.life), stopped: r.stopped}
	for _, c := range r.which {
		a.which = append(a.which, ChildInfo{
			ID: c.spec.ID, State: c.state, PID: i.pid(c.life), Type: c.spec.Type, Restart: c.spec.Restart,
		})
	}
	return a
}

// pid returns the PID of a life, the zero PID if there is none.
func (i *incarnation) pid(l life) actor.PID {
	if p := i.children[l]; p != nil {
		return p.pid
	}
	return actor.PID{}
}

// ask has the supervisor at the path answer, the next one while none runs.
func (s *Supervisor) ask(ctx context.Context, req request) (answer, error) {
	c, err := s.cell()
	if err != nil {
		return answer{}, err
	}
	a, _, err := c.ask(ctx, req)
	return a, err
}

// ask has the incarnation that runs answer, or the next one. Without an answer
// it says how far the request got.
func (c *cell) ask(ctx context.Context, req request) (answer, actor.Delivery, error) {
	if err := c.refuseSelf(ctx, req); err != nil {
		return answer{}, actor.NotSent, err
	}
	reply := make(chan answer, 1)
	q := &question{req: req, reply: func(a answer) { reply <- a }}
	run, err := c.put(ctx, q)
	if err != nil {
		return answer{}, actor.NotSent, err
	}
	a, delivery, err := run.await(ctx, q, reply)
	if delivery != actor.Done {
		return a, delivery, err
	}
	return a, delivery, c.leftBehind(ctx, q, a)
}

// refuseSelf refuses a request that would wait for whoever makes it.
func (c *cell) refuseSelf(ctx context.Context, req request) error {
	if actor.StartsFor(ctx, c.sys, c.path) {
		return fmt.Errorf("supervisor %s: %w: it waits for the start that asks it", c.path, actor.ErrSelfCall)
	}
	if r, ok := req.(reqTerminate); ok && actor.RunsBeneath(ctx, c.sys, c.path+"/"+r.id) {
		return fmt.Errorf("supervisor %s: %w: it would wait for the end of %q, which asks for it, and can return instead", c.path, actor.ErrSelfCall, r.id)
	}
	return nil
}

// leftBehind adds to the error of an answer who was stopped and still runs.
func (c *cell) leftBehind(ctx context.Context, q *question, a answer) error {
	var cut error
	if q.cut {
		cut = actor.ContextError(ctx)
	}
	if r, ok := q.req.(reqTerminate); ok && a.err == nil {
		return c.sys.Stopped(c.path+"/"+r.id, cut)
	}
	errs := []error{a.err}
	for _, id := range a.stopped {
		errs = append(errs, c.sys.Stopped(c.path+"/"+id, nil))
	}
	return joined(errs)
}

// put gives the question to the incarnation that runs, or the next one.
func (c *cell) put(ctx context.Context, q *question) (*incarnation, error) {
	if err := actor.ContextError(ctx); err != nil {
		return nil, err
	}
	for {
		run, gone, changed := c.serving()
		if gone {
			return nil, errNoSupervisor
		}
		if run != nil && run.inbox.put(message{question: q}) {
			return run, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, actor.ContextError(ctx)
		}
	}
}

// await waits for the answer. When ctx ends first it takes the question back,
// and the supervisor, which never waits for anything, says whether that was in
// time.
func (i *incarnation) await(ctx context.Context, q *question, reply <-chan answer) (answer, actor.Delivery, error) {
	var a answer
	select {
	case a = <-reply:
	case <-ctx.Done():
		q.lets = letsFinish(ctx)
		q.gone.Store(true)
		i.inbox.put(message{withdrawn: q}) // if it is closed, all are answered
		a = <-reply
	}
	switch {
	case a.err == errTakenBack: //nolint:errorlint // an answer of the supervisor's, not wrapped
		return answer{}, actor.NotStarted, actor.ContextError(ctx)
	case a.err == errGoesOn: //nolint:errorlint // likewise
		return answer{}, actor.Unknown, actor.ContextError(ctx)
	case a.err == errUnserved: //nolint:errorlint // likewise
		return a, actor.NotStarted, a.err
	case errors.Is(a.err, errNoSupervisor):
		return a, actor.Unknown, a.err
	}
	return a, actor.Done, a.err
}

func (s *Supervisor) cell() (*cell, error) {
	if s.sys == nil {
		return nil, fmt.Errorf("a zero Supervisor, which Start or SupervisorAt did not make: %w", actor.ErrNoActor)
	}
	found, ok := s.sys.CellAt(s.path)
	if !ok {
		return nil, fmt.Errorf("supervisor %s: %w", s.path, actor.ErrNoActor)
	}
	c, ok := found.(*cell)
	if !ok {
		return nil, fmt.Errorf("supervisor %s: %w: it is a %T", s.path, actor.ErrType, found)
	}
	return c, nil
}

// StartChild adds a child behind the others and starts it. The zero PID
// without an error means that its start was ignored ([ErrIgnore]).
//
// Errors: *[SpecError]; [ErrAlreadyStarted], with the PID of the child that has
// the id, and [ErrAlreadyPresent]; [ErrSimpleOneForOne]; *[actor.StartError],
// after which the spec is forgotten.
//
// All requests wait until what the supervisor is doing, a restart or another
// request, is done. There are the errors [actor.ErrNoActor], when no supervisor
// is there or it ends, and that of ctx: when ctx ends while the request waits,
// it is taken back and never carried out; when it is being carried out by then,
// that goes on, but for TerminateChild. When it is asked with the context of a
// start that it waits for, that is [actor.ErrSelfCall]. A supervisor that is itself being restarted answers when it is
// up again; one that comes up with [BootRestart] answers meanwhile.
func (s *Supervisor) StartChild(ctx context.Context, child ChildSpec) (actor.PID, error) {
	a, err := s.ask(ctx, reqStart{child})
	return a.pid, err
}

// StartInstance starts another instance of the template of a SimpleOneForOne,
// by start, or, when that is nil, by the template's own StartFunc; a restart of
// the instance uses it again. Its id is that of the template, '#' and a number
// that no instance at this path had before; see [NameAt]. The zero PID without
// an error means that its start was ignored, and the instance is none.
//
// Errors: [ErrNotSimpleOneForOne]; *[actor.StartError], after which the
// instance is none; see also StartChild.
func (s *Supervisor) StartInstance(ctx context.Context, start StartFunc) (actor.PID, error) {
	a, err := s.ask(ctx, reqInstance{start})
	return a.pid, err
}

// TerminateChild stops a child, which is then not restarted until
// RestartChild or a group restart does; the spec of a temporary child is
// forgotten, and so is an instance. It succeeds also when the child does not
// run, and cancels a restart that is being retried or waits.
//
// When ctx ends while the request waits, it is taken back; once the stop has
// begun the end of ctx is a kill, of all that is beneath the child, too, after
// which TerminateChild returns within a bounded time. It is an error then, even
// if nothing is left, as the end of ctx always is; [LetFinish] has the stop go
// on instead. Whatever still runs at the child's path or beneath, such as a
// function that ignored its stop and was abandoned, is named by an
// *[actor.CloseError], which wraps the error of a ctx that has ended. The
// supervisor has gone on by then: the child is down.
//
// Other errors: [ErrNotFound]; [ErrSimpleOneForOne] for the id of a template;
// [actor.ErrSelfCall] when ctx is that of the child itself, or of one beneath;
// see also StartChild.
func (s *Supervisor) TerminateChild(ctx context.Context, id string) error {
	_, err := s.ask(ctx, reqTerminate{id})
	return err
}

// RestartChild starts a child that does not run; it does not count as a
// restart. The zero PID without an error means that the start was ignored.
// Errors: [ErrRunning], [ErrRestarting], [ErrNotFound], [ErrSimpleOneForOne],
// *[actor.StartError], which is not retried; see also StartChild.
func (s *Supervisor) RestartChild(ctx context.Context, id string) (actor.PID, error) {
	a, err := s.ask(ctx, reqRestart{id})
	return a.pid, err
}

// DeleteChild forgets a child that does not run. Errors: [ErrRunning],
// [ErrRestarting], [ErrNotFound], [ErrSimpleOneForOne]; see also StartChild.
func (s *Supervisor) DeleteChild(ctx context.Context, id string) error {
	_, err := s.ask(ctx, reqDelete{id})
	return err
}

// ResumeChild starts a child again that was left down for want of a restart budget
// ([Policy.Circuit]), and who is down with it. Its own budget begins anew.
// Errors: [ErrNotFound], [ErrNotOpen]; *[actor.StartError], after which it
// stays down; see also StartChild.
func (s *Supervisor) ResumeChild(ctx context.Context, id string) error {
	_, err := s.ask(ctx, reqResume{id})
	return err
}

// WhichChildren lists the children, the newest first; but instances by their
// number. For errors see StartChild.
func (s *Supervisor) WhichChildren(ctx context.Context) ([]ChildInfo, error) {
	a, err := s.ask(ctx, reqWhich{})
	return a.which, err
}

// WhichChild is the line of WhichChildren about one child, or one instance.
// Errors: [ErrNotFound]; [ErrSimpleOneForOne] for the id of a template; see also
// StartChild.
func (s *Supervisor) WhichChild(ctx context.Context, id string) (ChildInfo, error) {
	a, err := s.ask(ctx, reqChild{id})
	return a.child(), err
}

// GetChildSpec returns the spec of a child, or of an instance, as it counts now,
// with the default of Shutdown filled in; of a SimpleOneForOne also that of the
// template, by its id. Start is nil where the supervisor has let it go: see
// [ChildSpec]. Errors: [ErrNotFound]; see also StartChild.
func (s *Supervisor) GetChildSpec(ctx context.Context, id string) (ChildSpec, error) {
	a, err := s.ask(ctx, reqSpec{id})
	return a.spec, err
}

// child is the only line of which, if there is one.
func (a answer) child() ChildInfo {
	if len(a.which) == 0 {
		return ChildInfo{}
	}
	return a.which[0]
}

// CountChildren counts the children. For errors see StartChild.
func (s *Supervisor) CountChildren(ctx context.Context) (Counts, error) {
	a, err := s.ask(ctx, reqCount{})
	return a.count, err
}

type letFinishKey struct{}

// LetFinish returns a context whose end does not cut a TerminateChild short:
// who waits is let go, with the error of ctx, and the child has its whole time
// to stop. While the request waits for its turn the end of ctx takes it back as
// ever. It is for those who ask for others, such as a client that may go.
func LetFinish(ctx context.Context) context.Context {
	return context.WithValue(ctx, letFinishKey{}, true)
}

func letsFinish(ctx context.Context) bool { return ctx.Value(letFinishKey{}) != nil }
