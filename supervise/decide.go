package supervise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/internal/foreign"
)

// PermanentFailure is the exit code by which a process says that starting it
// again will not help (s6's convention). A [Decider] leaves such a child down.
const PermanentFailure = 125

// Verdict is what becomes of a child that ended, or that could not be
// restarted.
type Verdict uint8

// The verdicts.
const (
	// ByType: as the child's Restart says. It is the zero value.
	ByType Verdict = iota
	// DoRestart: it is restarted, whatever its type, and that counts.
	DoRestart
	// DoStop: it is left down, as a transient child that ended normally: a
	// temporary one is forgotten, a significant one counts for AutoShutdown.
	DoStop
	// DoEscalate: the supervisor ends, with an *[EscalateError].
	DoEscalate
	// DoIgnore: it is left down as if its start had been ignored: nothing is
	// counted, and AutoShutdown does not see it.
	DoIgnore
)

// String returns the verdict as policy files have it.
func (v Verdict) String() string {
	switch v {
	case ByType:
		return "by_type"
	case DoRestart:
		return "restart"
	case DoStop:
		return "stop"
	case DoEscalate:
		return "escalate"
	case DoIgnore:
		return "ignore"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// Match is a condition on a [Cause]. All fields that are set must fit; the
// zero Match fits everything.
type Match struct {
	Codes       []int    // the exit code is one of them
	Signals     []string // the signal is one of them, such as "SIGSEGV"
	OOM         bool     // true: it ended for want of memory
	Panic       string   // the text of its panic contains this
	StartFailed bool     // true: it could not be restarted
	Is          error    // the reason is this error or wraps it, as errors.Is has it
}

// fits reports whether the condition holds.
func (m Match) fits(c Cause) bool {
	return (m.Codes == nil || c.Exited && slices.Contains(m.Codes, c.Code)) &&
		(m.Signals == nil || slices.Contains(m.Signals, c.Signal)) &&
		(!m.OOM || c.OOM) &&
		(m.Panic == "" || strings.Contains(c.Panic, m.Panic)) &&
		(!m.StartFailed || c.StartFailed) &&
		(m.Is == nil || foreign.Is(c.Err, m.Is))
}

// Rule is a line of a [Decider].
type Rule struct {
	When Match
	Do   Verdict
}

// Decider decides by the cause what becomes of a child (not in OTP): the first
// rule that fits counts, and without one the child's Restart. Every Decider
// that is not nil, be it empty, ends with a rule of its own: the exit code
// [PermanentFailure] means DoStop. A Decider is asked when a child ended by
// itself, and when a restart of it failed; not at the boot, where a start that
// fails is the failure of the supervisor unless that has [BootRestart], and not
// when somebody stopped it.
//
// The end of a supervisor by DoEscalate has the cause of the child's end, and its
// class, but for [actor.ErrNormal] and [actor.ErrShutdown]: what one level
// escalates the next can escalate by the same rule.
type Decider []Rule

// RulePermanentFailure is the Rule of an [Event] that every Decider decides by
// without a line of its own: the exit code was [PermanentFailure].
const RulePermanentFailure = -1

// decide returns the verdict and the number of the rule it is from: from 1,
// RulePermanentFailure, or 0 for none.
func (d Decider) decide(c Cause) (Verdict, int) {
	for i, r := range d {
		if r.When.fits(c) {
			return r.Do, i + 1
		}
	}
	if d != nil && c.Exited && c.Code == PermanentFailure {
		return DoStop, RulePermanentFailure
	}
	return ByType, 0
}

// restarts reports whether there is an end after which a temporary child would be
// restarted.
func (d Decider) restarts() bool {
	return slices.ContainsFunc(d, func(r Rule) bool { return r.Do == DoRestart })
}

// check returns the first mistake.
func (d Decider) check() (field, problem, hint string) {
	for i, r := range d {
		if r.Do > DoIgnore {
			return fmt.Sprintf("Decider[%d].Do", i), fmt.Sprintf("is %v", r.Do), "use DoRestart, DoStop, DoEscalate, DoIgnore or ByType"
		}
	}
	return "", "", ""
}
