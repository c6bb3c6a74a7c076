package supervise

import (
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// Strategy says which children are restarted when one of them has crashed.
type Strategy uint8

// The strategies (OTP: supervisor(3), "strategy"). "After" is the order of the
// specs, which is the order of starting, never that of the last restarts.
const (
	// OneForOne restarts only the child that crashed. It is the zero value.
	OneForOne Strategy = iota
	// OneForAll stops all children and starts all again.
	OneForAll
	// RestForOne stops the children after the one that crashed, and starts it
	// and them again.
	RestForOne
	// SimpleOneForOne is OneForOne for instances of one template, the only
	// child of its Spec: none is started at first, each by
	// [Supervisor.StartInstance], and all are stopped at once.
	SimpleOneForOne
)

// String returns OTP's name.
func (s Strategy) String() string {
	switch s {
	case OneForOne:
		return "one_for_one"
	case OneForAll:
		return "one_for_all"
	case RestForOne:
		return "rest_for_one"
	case SimpleOneForOne:
		return "simple_one_for_one"
	}
	return fmt.Sprintf("Strategy(%d)", uint8(s))
}

// Restart says after which ends a child is restarted.
type Restart uint8

// The restart types (OTP: supervisor(3), "restart").
const (
	// Permanent children are restarted after every end, a normal one too. It
	// is the zero value.
	Permanent Restart = iota
	// Transient children are restarted only after a crash: an end for which
	// actor.IsNormal is false.
	Transient
	// Temporary children are never restarted; their spec goes with them.
	Temporary
)

// String returns OTP's name.
func (r Restart) String() string {
	switch r {
	case Permanent:
		return "permanent"
	case Transient:
		return "transient"
	case Temporary:
		return "temporary"
	}
	return fmt.Sprintf("Restart(%d)", uint8(r))
}

// AutoShutdown says which ends of significant children end their supervisor.
type AutoShutdown uint8

// The values of AutoShutdown (OTP: supervisor(3), "auto_shutdown"). Only a
// child's own end counts that is not followed by a restart: not one that was
// asked for, and no ignored start.
const (
	// Never: significant children are not allowed. It is the zero value.
	Never AutoShutdown = iota
	// AnySignificant: the first significant child that ends.
	AnySignificant
	// AllSignificant: the last significant child that ends, when no other one
	// runs or is about to be restarted.
	AllSignificant
)

// String returns OTP's name.
func (a AutoShutdown) String() string {
	switch a {
	case Never:
		return "never"
	case AnySignificant:
		return "any_significant"
	case AllSignificant:
		return "all_significant"
	}
	return fmt.Sprintf("AutoShutdown(%d)", uint8(a))
}

// ChildType labels a child for [Counts], and chooses its default Shutdown.
type ChildType uint8

// The types of children.
const (
	// WorkerChild is everything that has no children. It is the zero value.
	WorkerChild ChildType = iota
	// SupervisorChild is a subtree, which needs all the time it takes to stop.
	SupervisorChild
)

// String returns OTP's name.
func (t ChildType) String() string {
	switch t {
	case WorkerChild:
		return "worker"
	case SupervisorChild:
		return "supervisor"
	}
	return fmt.Sprintf("ChildType(%d)", uint8(t))
}

// NoRestarts is the Intensity of a supervisor that gives up at the first
// restart: zero is taken, it means the default.
const NoRestarts = -1

// Values of Shutdown that are no duration.
const (
	// BrutalKill does not ask the child to stop: it is killed at once.
	BrutalKill = actor.BrutalKill
	// Infinity gives the child all the time it takes to stop. Use it for
	// subtrees, which bound their own children.
	Infinity = actor.Infinity
)

// Defaults, those of OTP.
const (
	DefaultIntensity = 1               // restarts
	DefaultPeriod    = 5 * time.Second // in which Intensity counts
	DefaultShutdown  = 5 * time.Second // of a WorkerChild
)

// Policy is what a supervisor does about crashes. The zero Policy is OTP's
// default: one_for_one, and at most 1 restart in 5 seconds.
type Policy struct {
	// Strategy chooses what is restarted together.
	Strategy Strategy
	// Intensity is how many restarts are allowed within Period; one more and
	// the supervisor gives up. Zero means [DefaultIntensity]; none at all is
	// [NoRestarts].
	Intensity int
	// Period is the sliding window of Intensity; a restart that is exactly
	// that old still counts. Zero means [DefaultPeriod].
	Period time.Duration
	// AutoShutdown says whether significant children end the supervisor by
	// their own end. Zero: never.
	AutoShutdown AutoShutdown

	// What follows is not in OTP, and off when zero.

	// Backoff delays the restarts of children that have no Backoff of their
	// own.
	Backoff Backoff
	// Decider decides about the ends of children that have no Decider of their
	// own.
	Decider Decider
	// OOM counts ends for want of memory (see [Cause]) apart from the others:
	// they then use this budget, and not that of Intensity.
	OOM Budget
	// Circuit leaves a child down whose restart has no budget left, and its
	// group with it, until [Supervisor.ResumeChild]; the supervisor goes on. Without
	// it the supervisor gives up.
	Circuit bool
	// Boot says what becomes of a start that fails while the supervisor comes
	// up. Zero: the supervisor does not come up.
	Boot Boot
}

// Budget is a number of restarts within a time. The zero Budget is none: it
// sets no limit of its own.
type Budget struct {
	// Intensity is how many restarts are allowed within Period. None at all is
	// [NoRestarts].
	Intensity int
	// Period is the window they are counted in. Zero means that of the
	// Policy.
	Period time.Duration
}

// limits returns the policy with its defaults filled in: an Intensity of 0
// now means none.
func (p Policy) limits() (intensity int, period time.Duration) {
	intensity, period = p.Intensity, p.Period
	switch intensity {
	case 0:
		intensity = DefaultIntensity
	case NoRestarts:
		intensity = 0
	}
	if period == 0 {
		period = DefaultPeriod
	}
	return intensity, period
}

// shutdownOf fills in the default of a Shutdown.
func shutdownOf(d time.Duration, t ChildType) time.Duration {
	switch {
	case d != 0:
		return d
	case t == SupervisorChild:
		return Infinity
	}
	return DefaultShutdown
}
