package supervise

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// simulator runs a scenario on bare machines in virtual time, and writes the
// trace that OTP would.
type simulator struct {
	t       testing.TB
	plans   plans
	now     time.Time
	top     *simSupervisor
	trace   []line
	pending []func() // deliveries, in the order of their sending
	step    int
	tags    tag
}

// simSupervisor is one incarnation of a supervisor.
type simSupervisor struct {
	sim      *simulator
	path     string
	machine  *machine
	raw      map[string]rawChild
	lives    map[life]*simLife
	replies  map[tag]func(reply)
	up, over bool
	failed   string       // the child whose start failed last
	ended    func(error)  // the parent hears of it
	started  func(string) // the parent hears of that: the reason of a failure or none
}

// simLife is one process.
type simLife struct {
	id    string
	path  string
	sup   *simSupervisor // nil: a worker
	alive bool
	asked bool
}

func simulate(t testing.TB, s scenario) []line {
	sim := &simulator{t: t, plans: newPlans(), now: time.Unix(0, 0), step: -1}
	for _, st := range s.Setup {
		require.True(t, sim.plans.arrange(-1, st))
	}
	sim.boot(s.Supervisor)
	sim.settle()
	for i, st := range s.Steps {
		sim.step = i
		sim.note(line{"event": "step", "step": i})
		sim.run(i, st)
		sim.settle()
	}
	return sim.trace
}

func (s *simulator) note(l line) { s.trace = append(s.trace, l) }

func (s *simulator) later(f func()) { s.pending = append(s.pending, f) }

func (s *simulator) settle() {
	for n := 0; len(s.pending) > 0; n++ {
		require.Less(s.t, n, 100_000, "the tree does not come to rest")
		f := s.pending[0]
		s.pending = s.pending[1:]
		f()
	}
}

// boot starts the top supervisor.
func (s *simulator) boot(raw rawSupervisor) {
	top, err := s.newSupervisor("", raw)
	if err != nil {
		s.note(line{"event": "boot", "result": "error:" + specErrorName(err)})
		return
	}
	s.top = top
	top.ended = func(error) { s.top = nil }
	top.started = func(reason string) {
		if reason == "" {
			s.note(line{"event": "boot", "result": "ok"})
			return
		}
		s.top = nil
		s.note(line{"event": "boot", "result": "error:failed_to_start_child", "child": top.failed})
	}
	top.deliver(evBoot{})
}

func (s *simulator) newSupervisor(path string, raw rawSupervisor) (*simSupervisor, *SpecError) {
	spec := Spec{Name: "sim", Policy: raw.policy(s.t)}
	sup := &simSupervisor{sim: s, path: path, raw: make(map[string]rawChild), lives: make(map[life]*simLife), replies: make(map[tag]func(reply))}
	for _, c := range raw.Children {
		spec.Children = append(spec.Children, c.child(s.t, startNothing))
		sup.raw[c.ID] = c
	}
	var wrong *SpecError
	if errors.As(spec.check(), &wrong) {
		return nil, wrong
	}
	sup.machine = newMachine(spec.Policy, spec.Children)
	return sup, nil
}

func (p *simSupervisor) deliver(ev event) {
	p.sim.later(func() {
		for _, a := range p.machine.step(p.sim.now, ev) {
			p.perform(a)
		}
	})
}

func (p *simSupervisor) perform(a action) {
	s := p.sim
	switch a := a.(type) {
	case acStart:
		p.start(a.life, a.spec.ID)
	case acStop:
		l := p.lives[a.life]
		l.asked = true
		switch {
		case !l.alive: // its exit is on the way
		case l.sup != nil:
			l.sup.deliver(evStop{actor.ErrShutdown})
		case s.plans.hang[l.path]:
			s.now = s.now.Add(a.timeout)
			p.deliver(evDeadline{a.life})
		default:
			p.stopped(a.life, "shutdown", actor.ErrShutdown)
		}
	case acKill:
		require.Nil(s.t, p.lives[a.life].sup, "no scenario kills a supervisor")
		if !p.lives[a.life].alive {
			return
		}
		how := "kill"
		if p.lives[a.life].asked {
			how = "timeout_kill"
		}
		p.stopped(a.life, how, actor.ErrKilled)
	case acReply:
		p.replies[a.tag](a.reply)
	case acReport:
		if a.report.kind == EventStartFailed {
			p.failed = a.report.id
		}
	case acUp:
		p.up = true
		p.started("")
	case acOver:
		p.over = true
		if !p.up {
			p.started("failed_to_start_child")
			return
		}
		s.note(line{"event": "supervisor_exit", "supervisor": p.path, "reason": reasonName(a.reason)})
		p.ended(a.reason)
	case acRelease:
	default:
		require.Fail(s.t, "unexpected action", "%#v", a)
	}
}

func (p *simSupervisor) stopped(l life, how string, reason error) {
	p.lives[l].alive = false
	p.sim.note(line{"event": "stop", "child": p.lives[l].path, "how": how})
	p.deliver(evExited{l, reason, actor.IsNormal(reason)})
}

// start performs the start function of a child.
func (p *simSupervisor) start(l life, id string) {
	s, path := p.sim, join(p.path, id)
	if f, requests := s.plans.failing(path); f != nil {
		for _, r := range requests {
			s.run(f.step, r)
		}
		if f.reason == "ignore" {
			s.note(line{"event": "start_ignored", "child": path})
			p.deliver(evIgnored{l})
			return
		}
		p.startFailed(l, path, f.reason)
		return
	}
	raw := p.raw[id]
	if raw.Supervisor == nil {
		p.lives[l] = &simLife{id: id, path: path, alive: true}
		s.note(line{"event": "start", "child": path})
		p.deliver(evStarted{l})
		return
	}
	sup, err := s.newSupervisor(path, *raw.Supervisor)
	if err != nil {
		p.startFailed(l, path, specErrorName(err))
		return
	}
	sup.started = func(reason string) {
		if reason != "" {
			p.startFailed(l, path, reason)
			return
		}
		s.note(line{"event": "start", "child": path})
		p.lives[l] = &simLife{id: id, path: path, alive: true, sup: sup}
		p.deliver(evStarted{l})
	}
	sup.ended = func(reason error) {
		p.lives[l].alive = false
		p.deliver(evExited{l, reason, actor.IsNormal(reason)})
	}
	sup.deliver(evBoot{})
}

func (p *simSupervisor) startFailed(l life, path, reason string) {
	p.sim.note(line{"event": "start_failed", "child": path, "reason": reason})
	p.deliver(evStartFailed{l, fmt.Errorf("planned: %s", reason)})
}

// living finds the process at path, nil if there is none.
func (s *simulator) living(path string) (*simSupervisor, life) {
	parent, id := split(path)
	p := s.supervisor(parent)
	if p == nil {
		return nil, 0
	}
	c := p.machine.child(id)
	if c == nil || c.state != Running || !p.lives[c.life].alive {
		return nil, 0
	}
	return p, c.life
}

// supervisor finds the running supervisor at path, nil if there is none.
func (s *simulator) supervisor(path string) *simSupervisor {
	if path == "" {
		return s.top
	}
	p, l := s.living(path)
	if p == nil {
		return nil
	}
	return p.lives[l].sup
}

func (s *simulator) run(index int, st scenarioStep) {
	if s.plans.arrange(index, st) {
		return
	}
	switch {
	case st.Advance != nil:
		s.now = s.now.Add(duration(s.t, *st.Advance))
	case st.StopWith != nil:
		if s.top == nil {
			s.answer(index, "error:noproc", nil)
			return
		}
		s.top.deliver(evStop{reasonError(*st.StopWith)})
	case st.Exit != nil:
		s.exit(index, st)
	default:
		s.request(index, st)
	}
}

func (s *simulator) exit(index int, st scenarioStep) {
	for _, path := range st.Exit {
		if p, _ := s.living(path); p == nil {
			s.answer(index, "error:not_running", nil)
			return
		}
	}
	reason := st.Reason
	if reason == "" {
		reason = "crash"
	}
	for _, path := range st.Exit {
		p, l := s.living(path)
		if sup := p.lives[l].sup; sup != nil {
			sup.deliver(evStop{reasonError(reason)})
			continue
		}
		p.lives[l].alive = false
		err := reasonError(reason)
		if reason == "kill" {
			err = actor.ErrKilled
		}
		s.note(line{"event": "exit", "child": path, "reason": reasonName(err)})
		p.deliver(evExited{l, err, actor.IsNormal(err)})
	}
}

func (s *simulator) answer(index int, result string, value any) {
	l := line{"event": "reply", "step": index, "result": result}
	if value != nil {
		l["value"] = value
	}
	s.note(l)
}

func (s *simulator) request(index int, st scenarioStep) {
	path, req, value := scenarioRequest(s.t, st)
	p := s.supervisor(path)
	if p == nil {
		s.answer(index, "error:noproc", nil)
		return
	}
	if start, ok := req.(reqStart); ok {
		if err := start.spec.check(AllSignificant); err != nil {
			s.answer(index, "error:"+specErrorName(err), nil)
			return
		}
		if p.machine.child(start.spec.ID) == nil {
			p.raw[start.spec.ID] = *st.Spec
		}
	}
	s.tags++
	p.replies[s.tags] = func(r reply) {
		result := resultName(r.err)
		if r.err != nil {
			s.answer(index, result, nil)
			return
		}
		s.answer(index, result, value(p.answer(r)))
	}
	p.deliver(evRequest{s.tags, req})
}

// answer is what the shell would make of the reply.
func (p *simSupervisor) answer(r reply) answer {
	a := answer{pid: actor.PID{Incarnation: uint64(r.life)}, count: r.count}
	for _, c := range r.which {
		a.which = append(a.which, ChildInfo{ID: c.spec.ID, State: c.state, Type: c.spec.Type})
	}
	return a
}

// child returns the child of that id, nil if there is none.
func (m *machine) child(id string) *child { return m.children.ids[id] }
