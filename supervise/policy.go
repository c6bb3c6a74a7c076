package supervise

import (
	"fmt"
	"time"
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
	BrutalKill time.Duration = -1
	// Infinity gives the child all the time it takes to stop. Use it for
	// subtrees, which bound their own children.
	Infinity time.Duration = -2
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
