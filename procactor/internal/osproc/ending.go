package osproc

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// Facts are what is known of a process that has ended, or should have.
type Facts struct {
	Reaped    bool      // it has ended, and its status was asked for
	StatusErr error     // why the system did not tell its status; nil: it did
	Code      int       // -1 when a signal ended it
	Signal    os.Signal // nil: none did
	Stops     Stops     // what we did to end it
	CutOff    error     // says that it lost us and ended itself, if it told so; otherwise nil
	Debugged  bool      // it was started for a debugger
	Up        bool      // it had come up before
}

// SetStatus notes how it ended, as the system tells.
func (f *Facts) SetStatus(s Status) {
	f.Reaped, f.Code, f.Signal, f.StatusErr = true, s.Code, s.Signal, s.Err
}

// Stops are what was done to end a process.
type Stops struct {
	Asked  bool   // it was sent a signal that asks
	Killed bool   // it was sent KILL
	Why    error  // the first reason for any of it; nil: there was none
	Motive Motive // of what kind that is
}

// Motive is of what kind the reason is for which a process is ended.
type Motive uint8

// The kinds of reasons.
const (
	MotiveOrder   Motive = iota // somebody wants it ended, or has no use for it any more
	MotiveSilence               // it gave no sign of life
	MotiveBreach                // it broke the protocol
)

// Ending is how a process ended, as the facts are judged.
type Ending struct {
	Code   int       // -1 when a signal ended it, or nobody knows
	Signal os.Signal // nil: none did, or nobody knows
	Ours   bool      // a signal of ours ended it
	Forced bool      // we had sent KILL by then
	Why    error     // why we ended it, or it itself; nil: it ended for no such reason
	Death  Death
}

// Death is what the end of a process means for what ran in it, and for whoever
// replaces it. It is decided by Judge, and carried from there.
type Death uint8

// What a death can mean.
const (
	DeathNone     Death = iota // nothing died
	DeathCounted               // its own, or by somebody's violence: it says something about what ran
	DeathOrdered               // we ended it, or somebody who asks by a signal: it says nothing
	DeathSilent                // we ended it since it gave no sign of life
	DeathBreach                // we ended it since it broke the protocol: nothing it said is relied on
	DeathOrphaned              // it was cut off from us, and ended itself
	DeathDebugged              // it was in the hands of somebody with a debugger
	DeathUnfit                 // it said before it was up that it can never serve
)

// Judge says how a process ended and what that means.
func Judge(f Facts) Ending {
	e := Ending{Code: -1, Ours: f.Stops.Asked || f.Stops.Killed, Forced: f.Stops.Killed, Why: f.Stops.Why}
	switch {
	case !f.Reaped:
		e.Why = because(ErrNotReaped, e.Why)
	case f.StatusErr != nil:
		e.Why = because(fmt.Errorf("its status is not known: %w", f.StatusErr), e.Why)
	default:
		e.Code, e.Signal = f.Code, f.Signal
		if f.Stops.Killed && !f.Stops.Asked && f.Signal != os.Kill { // it had ended by itself before our signal came
			e.Ours, e.Forced, e.Why = false, false, nil
		}
	}
	orphaned := f.CutOff != nil && e.Why == nil
	if orphaned {
		e.Why = f.CutOff
	}
	switch {
	case !f.Up && e.Code == ExitNotServed:
		e.Death = DeathUnfit
	case e.Ours && f.Stops.Motive == MotiveSilence:
		e.Death = DeathSilent
	case e.Ours && f.Stops.Motive == MotiveBreach:
		e.Death = DeathBreach
	case f.Debugged:
		e.Death = DeathDebugged
	case e.Ours, asksToEnd(e.Signal):
		e.Death = DeathOrdered
	case orphaned:
		e.Death = DeathOrphaned
	default:
		e.Death = DeathCounted
	}
	return e
}

// ExitNotServed is the status of a worker that could not serve; starting it again
// will not help.
const ExitNotServed = 125

// Clean reports whether it exited with status 0.
func (e Ending) Clean() bool { return e.Code == 0 && e.Signal == nil }

// ErrNotReaped says that not even KILL ended a process in time.
var ErrNotReaped = errors.New("it has not ended, though we killed it")

// because is what, and why as far as there is a reason.
func because(what, why error) error {
	if why == nil {
		return what
	}
	return fmt.Errorf("%w: %w", what, why)
}

// StopRecord keeps what we do to end a process. Its methods may be called from any
// goroutine.
type StopRecord struct {
	mu   sync.Mutex // protects the following
	done Stops
}

// NoteReason notes why the process is to end; the first reason counts.
func (r *StopRecord) NoteReason(why error, kind Motive) { r.note(why, kind, false, false) }

// NoteAsked is NoteReason, and a signal that asks for it is on its way.
func (r *StopRecord) NoteAsked(why error, kind Motive) { r.note(why, kind, true, false) }

// NoteKilled is NoteReason, and KILL is on its way.
func (r *StopRecord) NoteKilled(why error, kind Motive) { r.note(why, kind, false, true) }

func (r *StopRecord) note(why error, kind Motive, asked, killed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done.Why == nil {
		r.done.Why, r.done.Motive = why, kind
	}
	r.done.Asked = r.done.Asked || asked
	r.done.Killed = r.done.Killed || killed
}

// SoFar returns what was done until now.
func (r *StopRecord) SoFar() Stops {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}
