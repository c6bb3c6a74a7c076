package procactor

import (
	"errors"
	"fmt"
	"os"
)

// facts are what is known of a process that has ended, or should have.
type facts struct {
	reaped    bool      // it has ended, and its status was asked for
	statusErr error     // why the system did not tell its status; nil: it did
	code      int       // -1 when a signal ended it
	signal    os.Signal // nil: none did
	stops     stops     // what we did to end it
	cutOff    error     // says that it lost us and ended itself, if it told so; else nil
	debugged  bool      // it was started for a debugger
	up        bool      // it had come up before
}

// status notes how it ended, as the system tells.
func (f *facts) status(s status) {
	f.reaped, f.code, f.signal, f.statusErr = true, s.code, s.signal, s.err
}

// stops are what was done to end a process.
type stops struct {
	asked  bool   // it was sent a signal that asks
	killed bool   // it was sent KILL
	why    error  // the first reason for any of it; nil: there was none
	motive motive // of what kind that is
}

// motive is of what kind the reason is for which a process is ended.
type motive uint8

const (
	motiveOrder   motive = iota // somebody wants it ended, or has no use for it any more
	motiveSilence               // it gave no sign of life
	motiveBreach                // it broke the protocol
)

// ending is how a process ended, as the facts are judged.
type ending struct {
	code   int       // -1 when a signal ended it, or nobody knows
	signal os.Signal // nil: none did, or nobody knows
	ours   bool      // a signal of ours ended it
	forced bool      // we had sent KILL by then
	why    error     // why we ended it, or it itself; nil: it ended for no such reason
	death  death
}

// death is what the end of a process means for what ran in it, and for who
// replaces it. It is decided by judge, and carried from there.
type death uint8

const (
	deathNone     death = iota // nothing died
	deathCounted               // its own, or by somebody's violence: it says something about what ran
	deathOrdered               // we ended it, or somebody who asks by a signal: it says nothing
	deathSilent                // we ended it since it gave no sign of life
	deathBreach                // we ended it since it broke the protocol: nothing it said is relied on
	deathOrphaned              // it was cut off from us, and ended itself
	deathDebugged              // it was in the hands of somebody with a debugger
	deathUnfit                 // it said before it was up that it can never serve
)

// judge says how a process ended and what that means.
func judge(f facts) ending {
	e := ending{code: -1, ours: f.stops.asked || f.stops.killed, forced: f.stops.killed, why: f.stops.why}
	switch {
	case !f.reaped:
		e.why = because(errNotReaped, e.why)
	case f.statusErr != nil:
		e.why = because(fmt.Errorf("its status is not known: %w", f.statusErr), e.why)
	default:
		e.code, e.signal = f.code, f.signal
		if f.stops.killed && !f.stops.asked && f.signal != os.Kill { // it had ended by itself before our signal came
			e.ours, e.forced, e.why = false, false, nil
		}
	}
	orphaned := f.cutOff != nil && e.why == nil
	if orphaned {
		e.why = f.cutOff
	}
	switch {
	case !f.up && e.code == exitNotServed:
		e.death = deathUnfit
	case e.ours && f.stops.motive == motiveSilence:
		e.death = deathSilent
	case e.ours && f.stops.motive == motiveBreach:
		e.death = deathBreach
	case f.debugged:
		e.death = deathDebugged
	case e.ours, asksToEnd(e.signal):
		e.death = deathOrdered
	case orphaned:
		e.death = deathOrphaned
	default:
		e.death = deathCounted
	}
	return e
}

// exitNotServed is the status of a worker that could not serve; starting it again
// will not help.
const exitNotServed = 125

// clean reports whether it exited with status 0.
func (e ending) clean() bool { return e.code == 0 && e.signal == nil }

// errNotReaped says that not even KILL ended a process in time.
var errNotReaped = errors.New("it has not ended, though we killed it")

// because is what, and why as far as there is a reason.
func because(what, why error) error {
	if why == nil {
		return what
	}
	return fmt.Errorf("%w: %w", what, why)
}
