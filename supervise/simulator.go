package supervise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// Simulator plays a tree without starting anything: supervisors decide as the
// real ones do, by the same code, their children are only names, and time
// passes only when it is told to. So a test can ask what a policy does when
// children fail, and gets the same answer each time.
//
// A supervisor in the tree is a child whose [ChildSpec.Spec] is known, that is,
// one made by [Child]; every other child is a worker, which starts when it is
// told to, stops when it is asked to, and ends by itself when Exit says so.
// FailStarts and HangStop make workers misbehave.
//
// What happens is written down as [Trace] and, with the reasons of decisions,
// as Events. Each method but those that only look is a step: it returns when
// all that comes of it has come to rest. The errors of steps that ask for
// something are those of the methods of [Supervisor], and besides them there is
// *[SimulatorError].
//
// The clock begins at Epoch. It moves by Advance, and when a child has to be
// killed because it does not stop: by the time that its Shutdown gives it.
// Delays of a [Backoff] that end meanwhile do so at their time.
//
// A Simulator is for one goroutine.
type Simulator struct {
	spec    Spec
	options SimulatorOptions
	chance  *rand.Rand
	now     time.Time
	booted  bool
	top     *simSupervisor
	reg     map[string]*simProcess // the last life at each path
	numbers map[string]instances   // of supervisors that are gone
	plans   map[string]*simPlan
	hangs   map[string]bool

	pending []func() // deliveries, in the order of their sending
	limits  simTimers
	delays  simTimers
	tags    tag

	trace  Trace
	events []Event
	steps  int
	broken error // nothing can be played any more
}

// SimulatorOptions are what a Simulator is given besides the tree. The zero
// value is good.
type SimulatorOptions struct {
	// Seed is that of the random part of delays.
	Seed uint64
	// MaxEvents bounds what may come of one step, since a policy can restart for
	// ever in no time. Zero: [DefaultMaxEvents].
	MaxEvents int
}

// DefaultMaxEvents is how many starts, ends, requests and so on may come of one
// step of a [Simulator].
const DefaultMaxEvents = 100_000

// Epoch is the time at which the clock of a [Simulator] begins.
func Epoch() time.Time { return time.Unix(0, 0).UTC() }

// NewSimulator makes one for that tree. Nothing is checked: a supervisor whose
// spec is wrong fails to start, as it does in life.
func NewSimulator(spec Spec, options SimulatorOptions) *Simulator {
	if options.MaxEvents == 0 {
		options.MaxEvents = DefaultMaxEvents
	}
	return &Simulator{
		spec:    spec,
		options: options,
		chance:  rand.New(rand.NewPCG(options.Seed, options.Seed)), //nolint:gosec // it is to be repeatable
		now:     Epoch(),
		reg:     make(map[string]*simProcess),
		numbers: make(map[string]instances),
		plans:   make(map[string]*simPlan),
		hangs:   make(map[string]bool),
	}
}

// Trace returns what happened so far.
func (s *Simulator) Trace() Trace { return slices.Clone(s.trace) }

// Events returns what [Supervisor.Events] of the topmost supervisor would have
// told so far; they have no PIDs.
func (s *Simulator) Events() []Event { return slices.Clone(s.events) }

// Now returns the time.
func (s *Simulator) Now() time.Time { return s.now }

// Boot starts the tree, once, and returns when it is up, or will not be: the
// clock moves by the delays that come before that ([BootRestart]). Errors: *[SpecError]; *[actor.StartError] when a
// child did not start.
func (s *Simulator) Boot() error {
	if s.broken != nil {
		return s.broken
	}
	if s.reg == nil {
		return s.unmade("Boot")
	}
	if s.booted {
		return s.misuse("Boot", "", "the tree has been started", "boot a Simulator once")
	}
	s.booted = true
	line := TraceLine{Kind: TraceBoot, Result: "ok"}
	top, err := s.newSupervisor("", s.spec)
	if err != nil {
		line.Result = simResult(err)
		s.note(line)
		return err
	}
	s.top = top
	s.reg[""] = &simProcess{sup: top, alive: true}
	top.ended = func(error) { s.reg[""].alive = false }
	var failed error
	top.started = func(reason error) {
		if reason != nil {
			s.reg[""].alive = false
			failed = &actor.StartError{Name: s.spec.Name, Err: reason}
			name, child := simUnborn(reason)
			if line.Result = "error:" + name; child {
				line.Child = top.failed
			}
		}
	}
	top.deliver(evBoot{})
	if err := s.settle(); err != nil {
		return err
	}
	for n := 0; !top.up && failed == nil && s.elapse(farAway()); n++ {
		if err := s.settle(); err != nil {
			return err
		}
		if n == s.options.MaxEvents {
			s.broken = s.misuse("Boot", "", "too many delays end before it is up", "give it a finite Intensity")
			return s.broken
		}
	}
	s.note(line)
	return failed
}

// farAway is a time that no delay reaches.
func farAway() time.Time { return time.Unix(1<<62, 0) }

// begin begins a step.
func (s *Simulator) begin(op string) error {
	if s.broken != nil {
		return s.broken
	}
	if !s.booted {
		return s.misuse(op, "", "the tree was not started", "call Boot before")
	}
	s.note(TraceLine{Kind: TraceStep, Step: s.steps})
	s.steps++
	return nil
}

func (s *Simulator) note(l TraceLine) { s.trace = append(s.trace, l) }

// later delivers something when all that was sent before has been.
func (s *Simulator) later(f func()) { s.pending = append(s.pending, f) }

// settle plays until everything has come to rest.
func (s *Simulator) settle() error {
	for n := 0; s.broken == nil; n++ {
		if n > s.options.MaxEvents {
			s.broken = s.misuse("", "", fmt.Sprintf("the tree does not come to rest after %d events", n-1), "give it a finite Intensity, or a Backoff")
			break
		}
		if len(s.pending) == 0 {
			if !s.expire() {
				return nil
			}
			continue
		}
		f := s.pending[0]
		s.pending[0] = nil
		s.pending = s.pending[1:]
		f()
	}
	return s.broken
}

// BeforeBoot is the Step of what happened before the first step, which is 0.
const BeforeBoot = -1

// SimulatorError says that a [Simulator] was used wrongly, or that the tree
// does not come to rest; after the latter, or an error within a step, it says so
// for ever.
type SimulatorError struct {
	Step    int    // from 0, or [BeforeBoot]
	Op      string // the method; empty when it came of what that did
	Path    string // whose; may be empty
	Problem string // what is wrong
	Hint    string // what to do instead
}

// Error names the step, the mistake and what to do instead.
func (e *SimulatorError) Error() string {
	text := fmt.Sprintf("supervise: simulated step %d", e.Step)
	if e.Op != "" {
		text += ", " + e.Op
	}
	if e.Path != "" {
		text += fmt.Sprintf(" of %q", e.Path)
	}
	return text + ": " + e.Problem + "; " + e.Hint
}

func (s *Simulator) misuse(op, path, problem, hint string) error {
	return &SimulatorError{Step: s.steps - 1, Op: op, Path: path, Problem: problem, Hint: hint}
}

// unmade is the error of a zero Simulator.
func (s *Simulator) unmade(op string) error {
	return &SimulatorError{Step: BeforeBoot, Op: op, Problem: "it is a zero Simulator", Hint: "make it by NewSimulator"}
}
