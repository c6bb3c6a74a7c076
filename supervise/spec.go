package supervise

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// StartFunc starts one life of a child in its slot and returns when it is up,
// or why it is not; [ErrIgnore] says that there is nothing to start. ctx ends
// when the supervisor is stopped meanwhile, and with the start: a life must
// not live by it. Returning nil without having filled the slot is a failed
// start, and so is a panic. A life that ends before the StartFunc returned is
// a crash after a successful start.
type StartFunc func(ctx context.Context, at *actor.Slot) error

// ChildSpec is one child. It is a plain value and can be used many times.
type ChildSpec struct {
	// ID names the child among its siblings, and is the last component of its
	// path. It must be non-empty and hold no '/' or '#'.
	ID string
	// Start begins a life; it must not be nil. That of a temporary child, with all
	// that it has captured, is let go when the child is up, unless its Decider, or
	// that of the Policy, has a rule that restarts.
	Start StartFunc
	// Restart says after which ends it is begun again. Zero: always.
	Restart Restart
	// Shutdown is how long the child may take to stop before it is killed.
	// Zero means [DefaultShutdown], or [Infinity] when Type is
	// SupervisorChild; see also [BrutalKill].
	Shutdown time.Duration
	// Type is a label for the counts. Zero: worker.
	Type ChildType
	// Significant children end their supervisor as its AutoShutdown says,
	// which must not be Never; they are not permanent.
	Significant bool

	// What follows is not in OTP, and off when zero.

	// Backoff delays its restarts. Zero: as the Policy says.
	Backoff Backoff
	// Decider decides about its ends. Nil: as the Policy says.
	Decider Decider
	// MaxRestarts is a budget of its own besides that of the supervisor: when
	// it is used up, that is as if the supervisor's were.
	MaxRestarts Budget

	// spec is that of the supervisor that the child is, for those who look at a
	// tree without starting it; nil when it is none, or not known.
	spec *Spec
}

// Spec returns the specification of the subtree that the child is; false when
// it is none, or was not made by [Child].
func (c ChildSpec) Spec() (Spec, bool) {
	if c.spec == nil {
		return Spec{}, false
	}
	return *c.spec, true
}

// Spec is a supervisor.
type Spec struct {
	// Name is the supervisor's name where it is started, and the beginning of
	// the paths of its children. [Child] uses it as the id.
	Name string
	// Policy says what to do about crashes; the zero Policy is OTP's default.
	Policy Policy
	// Children are started in this order and stopped in the reverse order.
	Children []ChildSpec
}

// check returns the first mistake, as a *SpecError.
func (s Spec) check() error {
	fault := func(field, problem, hint string) error {
		return &SpecError{Supervisor: s.Name, Field: field, Problem: problem, Hint: hint}
	}
	switch p := s.Policy; {
	case p.Strategy > SimpleOneForOne:
		return fault("Policy.Strategy", fmt.Sprintf("is %v", p.Strategy), "use OneForOne, OneForAll, RestForOne or SimpleOneForOne")
	case p.Intensity < NoRestarts:
		return fault("Policy.Intensity", fmt.Sprintf("is %d", p.Intensity), "use NoRestarts for none, 0 for the default, or a positive number")
	case p.Period < 0:
		return fault("Policy.Period", fmt.Sprintf("is %v", p.Period), "use 0 for the default or a positive duration")
	case p.AutoShutdown > AllSignificant:
		return fault("Policy.AutoShutdown", fmt.Sprintf("is %v", p.AutoShutdown), "use Never, AnySignificant or AllSignificant")
	case p.Strategy == SimpleOneForOne && len(s.Children) != 1:
		return fault("Children", fmt.Sprintf("are %d", len(s.Children)), "give a SimpleOneForOne exactly one, the template")
	}
	if field, problem, hint := s.Policy.beyond(); problem != "" {
		return fault("Policy."+field, problem, hint)
	}
	seen := make(map[string]struct{}, len(s.Children))
	for i, c := range s.Children {
		if err := c.check(s.Policy.AutoShutdown); err != nil {
			err.Supervisor = s.Name
			if c.ID == "" {
				err.Child = fmt.Sprintf("number %d", i+1)
			}
			return err
		}
		if _, twice := seen[c.ID]; twice {
			return &SpecError{Supervisor: s.Name, Child: c.ID, Field: "ID", Problem: "is used twice", Hint: "give each child its own id"}
		}
		seen[c.ID] = struct{}{}
	}
	return nil
}

// check returns the first mistake in the child alone, under a supervisor of
// that AutoShutdown (OTP: do_check_childspec/2).
func (c ChildSpec) check(auto AutoShutdown) *SpecError {
	fault := func(field, problem, hint string) *SpecError {
		return &SpecError{Child: c.ID, Field: field, Problem: problem, Hint: hint}
	}
	switch {
	case c.ID == "":
		return fault("ID", "is empty", "give the child a name")
	case strings.ContainsAny(c.ID, "/#"):
		return fault("ID", "holds '/' or '#', which separate paths", "use other characters")
	case c.Start == nil:
		return fault("Start", "is nil", "use Actor, Go or Child, or write a StartFunc")
	case c.Restart > Temporary:
		return fault("Restart", fmt.Sprintf("is %v", c.Restart), "use Permanent, Transient or Temporary")
	case c.Significant && c.Restart == Permanent:
		return fault(fieldSignificant, "is true for a permanent child, which never ends for good", "make it Transient or Temporary")
	case c.Significant && auto == Never:
		return fault(fieldSignificant, "is true, but its supervisor never shuts down by itself", "set Policy.AutoShutdown to AnySignificant or AllSignificant")
	case c.Type > SupervisorChild:
		return fault("Type", fmt.Sprintf("is %v", c.Type), "use WorkerChild or SupervisorChild")
	case c.Shutdown < Infinity:
		return fault("Shutdown", fmt.Sprintf("is %v", c.Shutdown), "use BrutalKill, Infinity, 0 for the default, or a positive duration")
	}
	if field, problem, hint := c.beyond(); problem != "" {
		return fault(field, problem, hint)
	}
	return nil
}

// ChildState says whether a child has a process.
type ChildState uint8

// The states that WhichChildren tells.
const (
	// Stopped: no process; it ended for good, was terminated, ignored, or is
	// down with its group (OTP: undefined).
	Stopped ChildState = iota
	// Running: it has a process.
	Running
	// Restarting: its restart failed and is about to be tried again, or it
	// waits out its Backoff; or, in a boot by [BootRestart], its start is under
	// way.
	Restarting
)

// String returns OTP's name.
func (s ChildState) String() string {
	switch s {
	case Stopped:
		return "undefined"
	case Running:
		return "running"
	case Restarting:
		return "restarting"
	}
	return fmt.Sprintf("ChildState(%d)", uint8(s))
}

// Counts is the answer of CountChildren.
type Counts struct {
	Specs       int // children that are known; 1, the template, of a SimpleOneForOne
	Active      int // of them, those that run
	Supervisors int // of all, those whose type is SupervisorChild
	Workers     int // of all, the others
}

// fieldSignificant is the field that OTP's bad_combination is about.
const fieldSignificant = "Significant"

// beyond returns the first mistake in what OTP does not have.
func (p Policy) beyond() (field, problem, hint string) {
	if p.Boot > BootRestart {
		return "Boot", "is " + p.Boot.String(), "use BootStop or BootRestart"
	}
	return beyond(p.Backoff, p.Decider, "OOM", p.OOM)
}

// beyond is the same for a child.
func (c ChildSpec) beyond() (field, problem, hint string) {
	return beyond(c.Backoff, c.Decider, "MaxRestarts", c.MaxRestarts)
}

func beyond(b Backoff, d Decider, ofBudget string, budget Budget) (field, problem, hint string) {
	if field, problem, hint = b.check(); problem != "" {
		return field, problem, hint
	}
	if field, problem, hint = d.check(); problem != "" {
		return field, problem, hint
	}
	if problem, hint = budget.check(); problem != "" {
		return ofBudget, problem, hint
	}
	return "", "", ""
}

// check returns the first mistake.
func (b Budget) check() (problem, hint string) {
	switch {
	case b.Intensity < NoRestarts:
		return "has a negative Intensity", "use NoRestarts for none, or a positive number"
	case b.Period < 0:
		return "has a negative Period", "use 0 for that of the Policy, or a positive duration"
	case b.Intensity == 0 && b.Period != 0:
		return "has a Period and no Intensity", "set Intensity, to NoRestarts for none"
	}
	return "", ""
}
