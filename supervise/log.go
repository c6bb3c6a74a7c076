package supervise

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
)

// Recorded is an error that has more to say in the log than its text: the record
// of an end or a failed start for which it is the reason has these attributes,
// too. The ExitError of a worker process is one.
type Recorded interface {
	error
	LogAttrs() []slog.Attr
}

// news is how the machine's news go into the log (OTP: the supervisor's
// reports).
func (i *incarnation) news(r report) record.Kind {
	switch r.kind {
	case EventStarted:
		return record.ChildUp
	case EventStartFailed:
		return record.ChildStartFailed
	case EventIgnored:
		return record.ChildIgnored
	case EventExited:
		if r.verdict != DoRestart && !r.spent && actor.IsNormal(r.err) {
			return record.ChildEnded
		}
		return record.ChildDied
	case EventStopped:
		if _, crashed := errors.AsType[*actor.PanicError](r.err); r.unasked || crashed {
			return record.ChildStoppedOddly
		}
		return record.ChildStopped
	case EventRestart:
		return record.ChildRestarted
	case EventCircuitOpened:
		if r.usage.period == 0 {
			return record.CircuitStuck
		}
		return record.CircuitOpened
	case EventCircuitClosed:
		return record.CircuitClosed
	case EventGaveUp:
		return record.SupervisorGivesUp
	case EventEscalated:
		return record.SupervisorEscalates
	case EventAutoShutdown:
		return record.SupervisorAutoShutdown
	case EventUp:
		return record.SupervisorUp
	case EventEnded:
		if !i.up {
			return record.SupervisorNotUp
		}
		return record.SupervisorEnded
	case EventRunFailed:
		return record.RunFailed
	case EventLost: // made by readers of events, and by no machine
	}
	return record.ChildUp
}

// whose are the attributes that name the child of a supervisor's slot.
func whose(at *actor.Slot) []slog.Attr {
	return []slog.Attr{record.Supervisor(supervisorOf(at)), record.Child(at.ID())}
}

// supervisorOf is the path of the supervisor of a slot.
func supervisorOf(at *actor.Slot) string { return strings.TrimSuffix(at.Path(), "/"+at.ID()) }

// attrs are the fields of an event that are set, and what its reason adds where
// it is told of first.
func attrs(e Event) []slog.Attr {
	list := make([]slog.Attr, 0, 8)
	list = append(list, record.Supervisor(e.Supervisor))
	if e.Child != "" {
		list = append(list, record.Child(e.Child))
	}
	if e.Reason != nil {
		list = append(list, record.Reason(e.Reason))
	}
	if e.PID != (actor.PID{}) {
		list = append(list, record.PID(e.PID))
	}
	if e.Verdict != ByType {
		list = append(list, record.Restart(e.Verdict == DoRestart))
	}
	if e.Rule != 0 {
		list = append(list, record.Verdict(e.Verdict.String()), record.Rule(e.Rule))
	}
	if e.Delay > 0 {
		list = append(list, record.Delay(e.Delay))
	}
	if e.Period > 0 {
		list = append(list, record.Budget(e.Used, e.Allowed, e.Period)...)
	}
	if known := e.recorded(); known != nil {
		list = append(list, known.LogAttrs()...)
	}
	return list
}

// recorded is what has more to say of an end, where that is told of first: a
// supervisor beneath has told of those of its own children.
func (e Event) recorded() Recorded {
	switch e.Kind {
	case EventExited, EventStartFailed, EventStopped, EventRunFailed:
	default:
		return nil
	}
	var passedOn *EscalateError
	if errors.As(e.Reason, &passedOn) {
		return nil
	}
	beneath := e.Supervisor + "/" + e.Child + "/"
	for err := e.Reason; ; {
		var failed *actor.StartError
		if !errors.As(err, &failed) {
			break
		}
		if strings.HasPrefix(failed.Name, beneath) {
			return nil
		}
		err = failed.Err
	}
	var known Recorded
	if !errors.As(e.Reason, &known) {
		return nil
	}
	return known
}
