package supervise

import (
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// simSupervisor is one incarnation of a supervisor in a Simulator.
type simSupervisor struct {
	sim     *Simulator
	path    string
	machine *machine
	lives   map[life]*simProcess
	replies map[tag]func(reply)
	up      bool
	failed  string      // id of the child whose start failed last
	unborn  error       // it is not up, and never will be: told when what its last step did is done
	started func(error) // called once: why it is not up, or nil
	ended   func(error) // called when it is gone, if it was up
}

// simProcess is one life of a child.
type simProcess struct {
	path  string
	life  life
	in    *simSupervisor // its supervisor; nil for the topmost
	sup   *simSupervisor // what it is; nil for a worker
	alive bool
	asked bool // to stop
}

// newSupervisor makes a supervisor, not started yet. The error is a
// *[SpecError].
func (s *Simulator) newSupervisor(path string, spec Spec) (*simSupervisor, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	p := &simSupervisor{
		sim: s, path: path, machine: newMachine(spec.Policy, spec.Children),
		lives: make(map[life]*simProcess), replies: make(map[tag]func(reply)),
	}
	p.machine.chance = s.chance.Float64
	p.machine.instances = s.numbers[path]
	return p, nil
}

// deliver gives the machine an event when it is its turn.
func (p *simSupervisor) deliver(ev event) {
	p.sim.later(func() {
		for _, a := range p.machine.step(p.sim.now, ev) {
			p.perform(a)
		}
		if reason := p.unborn; reason != nil {
			p.unborn = nil
			p.started(reason)
		}
	})
}

func (p *simSupervisor) perform(a action) {
	switch a := a.(type) {
	case acStart:
		p.start(a.life, a.spec)
	case acInterrupt:
		p.interrupt(a)
	case acAbandon:
		p.abandon(a.life)
	case acStop:
		p.stop(a)
	case acKill:
		p.kill(p.lives[a.life])
	case acDelay:
		p.delay(a)
	case acReply:
		p.replies[a.tag](a.reply)
		delete(p.replies, a.tag)
	case acReport:
		p.tell(a.report)
	case acUp:
		p.up = true
		p.started(nil)
	case acOver:
		p.over(a.reason)
	case acRelease: // nobody calls a child of a simulation
	}
}

// start begins a life of a child.
func (p *simSupervisor) start(l life, spec ChildSpec) {
	s := p.sim
	c := &simProcess{path: join(p.path, spec.ID), life: l, in: p}
	if plan := s.planned(p, c.path); plan != nil {
		p.failPlanned(c, plan)
		return
	}
	nested, ok := spec.Spec()
	if !ok {
		p.live(c)
		return
	}
	sup, err := s.newSupervisor(c.path, nested)
	if err != nil {
		p.startFailed(c, simSpecError(err), err)
		return
	}
	c.sup, c.alive = sup, true
	p.lives[l], s.reg[c.path] = c, c
	sup.started = func(reason error) {
		if reason != nil {
			c.alive = false
			delete(p.lives, l)
			name, _ := simUnborn(reason)
			p.startFailed(c, name, reason)
			return
		}
		p.live(c)
	}
	sup.ended = func(reason error) { p.exited(c, reason) }
	sup.deliver(evBoot{})
}

// live is called when c is up.
func (p *simSupervisor) live(c *simProcess) {
	c.alive = true
	p.lives[c.life], p.sim.reg[c.path] = c, c
	p.sim.note(TraceLine{Kind: TraceStart, Child: c.path})
	p.deliver(evStarted{c.life})
}

func (p *simSupervisor) startFailed(c *simProcess, why string, reason error) {
	p.sim.note(TraceLine{Kind: TraceStartFailed, Child: c.path, Reason: why})
	p.deliver(evStartFailed{c.life, &actor.StartError{Name: c.path, Err: reason}})
}

// exited is called when c has ended.
func (p *simSupervisor) exited(c *simProcess, reason error) {
	c.alive = false
	delete(p.lives, c.life)
	p.deliver(evExited{c.life, reason, actor.IsNormal(reason)})
}

// stop asks a child to end.
func (p *simSupervisor) stop(a acStop) {
	c := p.lives[a.life]
	switch {
	case c == nil: // its exit is on the way
		return
	case c.sup != nil:
		c.sup.deliver(evStop{actor.ErrShutdown})
	case !p.sim.hangs[c.path]:
		p.stopped(c, "shutdown", actor.ErrShutdown)
		return
	case a.timeout < 0:
		p.sim.broken = p.sim.misuse("", c.path, "it hangs when it is stopped, and has infinite time for that", "give it a finite Shutdown")
		return
	}
	c.asked = true
	p.limit(a.life, a.timeout)
}

// limit has the machine told when the time for a stop is over, if it has an
// end.
func (p *simSupervisor) limit(l life, timeout time.Duration) {
	if timeout >= 0 {
		p.sim.limits.add(simTimer{p.sim.now.Add(timeout), p, evDeadline{l}, func() bool { return p.lives[l] != nil }})
	}
}

// kill ends a child.
func (p *simSupervisor) kill(c *simProcess) {
	switch {
	case c == nil: // its exit is on the way
	case c.sup != nil:
		c.sup.deliver(evKill{actor.ErrKilled})
	case c.asked:
		p.stopped(c, "timeout_kill", actor.ErrKilled)
	default:
		p.stopped(c, "kill", actor.ErrKilled)
	}
}

// stopped is called when a worker has ended because it was to.
func (p *simSupervisor) stopped(c *simProcess, how string, reason error) {
	p.sim.note(TraceLine{Kind: TraceStop, Child: c.path, How: how})
	p.exited(c, reason)
}

// interrupt gives a start up that is under way. That of a worker is over
// already, and its outcome on the way.
func (p *simSupervisor) interrupt(a acInterrupt) {
	if c := p.lives[a.life]; c != nil && c.sup != nil {
		c.sup.deliver(evStop{actor.ErrShutdown})
		p.limit(a.life, a.timeout)
	}
}

// abandon kills whatever a start begins.
func (p *simSupervisor) abandon(l life) { p.kill(p.lives[l]) }

func (p *simSupervisor) delay(a acDelay) {
	p.sim.delays.add(simTimer{p.sim.now.Add(a.after), p, evDelayed{a.id, a.wait}, func() bool {
		c := p.machine.children.ids[a.id]
		return c != nil && c.wait == a.wait
	}})
}

// over is the end.
func (p *simSupervisor) over(reason error) {
	p.sim.numbers[p.path] = p.machine.instances
	if !p.up {
		p.unborn = reason
		return
	}
	p.sim.note(TraceLine{Kind: TraceSupervisorExit, Supervisor: p.path, Reason: simReason(reason)})
	p.ended(reason)
}

// tell keeps the machine's news.
func (p *simSupervisor) tell(r report) {
	if r.kind == EventStartFailed {
		p.failed = r.id
	}
	p.sim.events = append(p.sim.events, Event{
		At: p.sim.now, Supervisor: join(p.sim.spec.Name, p.path), Kind: r.kind, Child: r.id, Reason: r.err,
		Verdict: r.verdict, Rule: r.rule, Delay: r.delay, Used: r.usage.used, Allowed: r.usage.allowed, Period: r.usage.period,
	})
}
