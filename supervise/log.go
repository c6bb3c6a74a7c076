package supervise

import (
	"log/slog"

	"github.com/proctor-dev/proctor/actor"
)

// Keys of the log records.
const (
	keySupervisor = "supervisor" // path
	keyChild      = "child"      // id or path
	keyPID        = "pid"
	keyReason     = "reason"
	keyRestart    = "restart" // whether the child is restarted
	keyVerdict    = "verdict" // of a Decider
	keyRule       = "rule"    // that decided
	keyDelay      = "delay"
	keyUsed       = "used"    // restarts within the period
	keyAllowed    = "allowed" // of them
	keyPeriod     = "period"
	keyMissed     = "missed" // times of an Every
	keyMissedSum  = "missed_in_all"
)

// textEnded is the record of an end that came after a start.
const textEnded = "supervisor ended"

// news is how the machine's news go into the log (OTP: the supervisor's
// reports).
func (i *incarnation) news(r report) (slog.Level, string) {
	switch r.kind {
	case EventStarted:
		return slog.LevelDebug, "child is up"
	case EventStartFailed:
		return slog.LevelError, "child failed to start"
	case EventIgnored:
		return slog.LevelDebug, "child has nothing to start"
	case EventExited:
		if r.verdict != DoRestart && actor.IsNormal(r.err) {
			return slog.LevelDebug, "child ended"
		}
		return slog.LevelError, "child ended"
	case EventStopped:
		if r.unasked {
			return slog.LevelWarn, "child did not end as it was asked to"
		}
		return slog.LevelDebug, "child is stopped"
	case EventRestart: // what it is about was an error already
		return slog.LevelDebug, "child is restarted"
	case EventCircuitOpened:
		if r.usage.period == 0 {
			return slog.LevelError, "child is left down: it could not be resumed"
		}
		return slog.LevelError, "child is left down: too many restarts"
	case EventCircuitClosed:
		return slog.LevelInfo, "child is resumed"
	case EventGaveUp:
		return slog.LevelError, "supervisor gives up: too many restarts"
	case EventEscalated:
		return slog.LevelError, "supervisor ends: a child's end is escalated"
	case EventAutoShutdown:
		return slog.LevelInfo, "supervisor ends: a significant child has"
	case EventUp:
		return slog.LevelDebug, "supervisor is up"
	case EventEnded:
		if !i.up {
			return slog.LevelDebug, "supervisor did not start"
		}
		return slog.LevelDebug, textEnded
	case EventLost:
	}
	return slog.LevelDebug, r.kind.String()
}

// attrs are the fields of an event that are set.
func attrs(e Event) []slog.Attr {
	list := make([]slog.Attr, 0, 8)
	list = append(list, slog.String(keySupervisor, e.Supervisor))
	if e.Child != "" {
		list = append(list, slog.String(keyChild, e.Child))
	}
	if e.Reason != nil {
		list = append(list, slog.Any(keyReason, e.Reason))
	}
	if e.PID != (actor.PID{}) {
		list = append(list, slog.Any(keyPID, e.PID))
	}
	if e.Kind == EventExited {
		list = append(list, slog.Bool(keyRestart, e.Verdict == DoRestart))
	}
	if e.Rule != 0 {
		list = append(list, slog.String(keyVerdict, e.Verdict.String()), slog.Int(keyRule, e.Rule))
	}
	if e.Delay > 0 {
		list = append(list, slog.Duration(keyDelay, e.Delay))
	}
	if e.Period > 0 && (e.Kind == EventRestart || e.Kind == EventCircuitOpened) {
		list = append(list, slog.Int(keyUsed, e.Used), slog.Int(keyAllowed, e.Allowed), slog.Duration(keyPeriod, e.Period))
	}
	return list
}
