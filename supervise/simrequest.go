package supervise

import (
	"fmt"
	"slices"

	"github.com/proctor-dev/proctor/actor"
)

// RequestOp is what a [QueuedRequest] asks for.
type RequestOp uint8

// The requests; they are those of [Supervisor].
const (
	OpStartChild RequestOp = iota + 1
	OpStartInstance
	OpTerminateChild
	OpRestartChild
	OpDeleteChild
	OpResumeChild
	OpWhichChildren
	OpCountChildren
	OpStop // of the tree
	OpChange
)

func (op RequestOp) known() bool { return OpStartChild <= op && op <= OpChange }

// errNotRunning answers what needs a running child.
var errNotRunning = fmt.Errorf("%w: the child does not run", actor.ErrNoActor)

// ask gives the request to the supervisor that it is for. The answer is noted
// as one of that step.
func (s *Simulator) ask(step int, q QueuedRequest, then func(value any, err error)) {
	answer := func(value any, err error) {
		line := TraceLine{Kind: TraceReply, Step: step, Result: simResult(err)}
		if err == nil {
			line.Value = value
		}
		s.note(line)
		then(value, err)
	}
	if q.Op == OpStop {
		s.stop(q.Reason, answer)
		return
	}
	path, req, err := q.request()
	if err != nil {
		answer(nil, err)
		return
	}
	p := s.supervisorAt(path)
	if p == nil {
		answer(nil, errNoSupervisor)
		return
	}
	s.tags++
	p.replies[s.tags] = func(r reply) { answer(p.value(q, r), r.err) }
	p.deliver(evRequest{s.tags, req})
}

// stop has the tree end, or tells that there is none.
func (s *Simulator) stop(reason error, answer func(any, error)) {
	top := s.supervisorAt("")
	if top == nil {
		answer(nil, errNoSupervisor)
		return
	}
	if reason == nil {
		reason = actor.ErrShutdown
	}
	top.deliver(evStopInTurn{reason})
}

// request is the machine's request, and the path of the supervisor. The error
// is a *[SpecError], which a supervisor is not asked about.
func (q QueuedRequest) request() (string, request, error) {
	parent, id := split(q.Path)
	switch q.Op {
	case OpStartChild:
		return q.Path, reqStart{q.Spec}, nil
	case OpStartInstance:
		return q.Path, reqInstance{}, nil
	case OpTerminateChild:
		return parent, reqTerminate{id}, nil
	case OpRestartChild:
		return parent, reqRestart{id}, nil
	case OpDeleteChild:
		return parent, reqDelete{id}, nil
	case OpResumeChild:
		return parent, reqResume{id}, nil
	case OpCountChildren:
		return q.Path, reqCount{}, nil
	case OpChange:
		req, err := newChange(q.To, q.Changed)
		return q.Path, req, err
	case OpWhichChildren, OpStop:
	}
	return q.Path, reqWhich{}, nil
}

// value is the answer as a trace has it.
func (p *simSupervisor) value(q QueuedRequest, r reply) any {
	switch q.Op {
	case OpStartChild, OpStartInstance, OpRestartChild:
		if c := p.lives[r.life]; c != nil {
			return c.path
		}
		return NoChild{}
	case OpWhichChildren:
		list := make([]ChildInfo, 0, len(r.which))
		for _, c := range r.which {
			list = append(list, ChildInfo{ID: c.spec.ID, State: c.state, Type: c.spec.Type, Restart: c.spec.Restart})
		}
		return list
	case OpCountChildren:
		return r.count
	case OpTerminateChild, OpDeleteChild, OpResumeChild, OpChange, OpStop:
	}
	return nil
}

// supervisorAt finds the supervisor that lives at path, nil if there is none.
func (s *Simulator) supervisorAt(path string) *simSupervisor {
	if c := s.reg[path]; c != nil && c.alive {
		return c.sup
	}
	return nil
}

// request plays a request as a step.
func (s *Simulator) request(name string, q QueuedRequest) (any, error) {
	if !q.Op.known() {
		return nil, s.misuse(name, q.Path, "nothing is asked for", "set Op")
	}
	if err := s.begin(name); err != nil {
		return nil, err
	}
	var value any
	var answer error
	s.ask(s.steps-1, q, func(v any, err error) { value, answer = v, err })
	if err := s.settle(); err != nil {
		return nil, err
	}
	return value, answer
}

// Request asks for what q says, whose At does not count. The methods that
// follow ask for one thing each, and return what is answered.
func (s *Simulator) Request(q QueuedRequest) error {
	_, err := s.request("Request", q)
	return err
}

// StartChild is [Supervisor.StartChild] of the supervisor at path. That the
// start was ignored is no error.
func (s *Simulator) StartChild(path string, child ChildSpec) error {
	_, err := s.request("StartChild", QueuedRequest{Op: OpStartChild, Path: path, Spec: child})
	return err
}

// StartInstance is [Supervisor.StartInstance] of the supervisor at path. It
// returns the path of the instance, which is empty when its start was ignored.
func (s *Simulator) StartInstance(path string) (string, error) {
	value, err := s.request("StartInstance", QueuedRequest{Op: OpStartInstance, Path: path})
	instance, _ := value.(string)
	return instance, err
}

// TerminateChild is [Supervisor.TerminateChild] of the child at path.
func (s *Simulator) TerminateChild(path string) error {
	_, err := s.request("TerminateChild", QueuedRequest{Op: OpTerminateChild, Path: path})
	return err
}

// RestartChild is [Supervisor.RestartChild] of the child at path. That the
// start was ignored is no error.
func (s *Simulator) RestartChild(path string) error {
	_, err := s.request("RestartChild", QueuedRequest{Op: OpRestartChild, Path: path})
	return err
}

// DeleteChild is [Supervisor.DeleteChild] of the child at path.
func (s *Simulator) DeleteChild(path string) error {
	_, err := s.request("DeleteChild", QueuedRequest{Op: OpDeleteChild, Path: path})
	return err
}

// ResumeChild is [Supervisor.ResumeChild] of the child at path.
func (s *Simulator) ResumeChild(path string) error {
	_, err := s.request("ResumeChild", QueuedRequest{Op: OpResumeChild, Path: path})
	return err
}

// Change is [Supervisor.Change] of the supervisor at path.
func (s *Simulator) Change(path string, to Spec, changed ...string) error {
	_, err := s.request("Change", QueuedRequest{Op: OpChange, Path: path, To: to, Changed: changed})
	return err
}

// WhichChildren is [Supervisor.WhichChildren] of the supervisor at path; there
// are no PIDs.
func (s *Simulator) WhichChildren(path string) ([]ChildInfo, error) {
	value, err := s.request("WhichChildren", QueuedRequest{Op: OpWhichChildren, Path: path})
	list, _ := value.([]ChildInfo)
	return list, err
}

// CountChildren is [Supervisor.CountChildren] of the supervisor at path.
func (s *Simulator) CountChildren(path string) (Counts, error) {
	value, err := s.request("CountChildren", QueuedRequest{Op: OpCountChildren, Path: path})
	counts, _ := value.(Counts)
	return counts, err
}

// Stop has the owner of the tree stop it; the reason is that of the end, and
// nil means [actor.ErrShutdown].
func (s *Simulator) Stop(reason error) error {
	_, err := s.request("Stop", QueuedRequest{Op: OpStop, Reason: reason})
	return err
}

// Exit has children end by themselves, for that reason: [actor.ErrKilled] is
// the death of whoever is killed from outside. A supervisor stops its children
// first. Several are workers of one supervisor, which hears of the first when
// all have ended; when one of them does not run nothing happens. That is
// [actor.ErrNoActor].
func (s *Simulator) Exit(reason error, paths ...string) error {
	if err := s.checkExit(reason, paths); err != nil {
		return err
	}
	if err := s.begin("Exit"); err != nil {
		return err
	}
	for _, path := range paths {
		if c := s.reg[path]; c == nil || !c.alive {
			s.note(TraceLine{Kind: TraceReply, Step: s.steps - 1, Result: simResult(errNotRunning)})
			return errNotRunning
		}
	}
	for _, path := range paths {
		c := s.reg[path]
		if c.sup != nil {
			c.sup.deliver(evStop{reason})
			continue
		}
		s.note(TraceLine{Kind: TraceExit, Child: path, Reason: simReason(reason)})
		c.in.exited(c, reason)
	}
	return s.settle()
}

// checkExit finds what Exit cannot play.
func (s *Simulator) checkExit(reason error, paths []string) error {
	fault := func(path, problem, hint string) error { return s.misuse("Exit", path, problem, hint) }
	switch {
	case len(paths) == 0:
		return fault("", "nobody is to end", "name a child")
	case reason == nil:
		return fault(paths[0], "there is no reason", "use actor.ErrNormal for a good end")
	}
	parent, _ := split(paths[0])
	for i, path := range paths {
		up, _ := split(path)
		c := s.reg[path]
		sup := c != nil && c.alive && c.sup != nil
		switch {
		case sup && len(paths) > 1:
			return fault(path, "it is a supervisor and one of several", "have it end alone")
		case sup && reason == actor.ErrKilled: //nolint:errorlint // as it stands
			return fault(path, "what becomes of the children of a supervisor that is killed is not defined", "have it end for another reason")
		case up != parent || path == "" && len(paths) > 1:
			return fault(path, "it has another supervisor than the first", "have those of one supervisor end together")
		case slices.Contains(paths[:i], path):
			return fault(path, "it is there twice", "name each child once")
		}
	}
	return nil
}
