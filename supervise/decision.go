package supervise

import (
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// EventKind is a kind of [Event].
type EventKind uint8

// The kinds of events.
const (
	// EventStarted: a child is up.
	EventStarted EventKind = iota + 1
	// EventStartFailed: the start of a child failed; when it was a restart,
	// Verdict says what follows, and Delay how long that waits.
	EventStartFailed
	// EventIgnored: the start of a child said that there is nothing to start.
	EventIgnored
	// EventExited: a child ended by itself; Verdict says what follows.
	EventExited
	// EventStopped: a child ended because its supervisor stopped it.
	EventStopped
	// EventRestart: a child is restarted, with its group; it took one of
	// Allowed restarts. Delay is how long that waits.
	EventRestart
	// EventCircuitOpened: a restart had no budget left, or a ResumeChild failed, and
	// the child is left down until ResumeChild.
	EventCircuitOpened
	// EventCircuitClosed: somebody resumed it.
	EventCircuitClosed
	// EventGaveUp: a restart had no budget left, and the supervisor ends.
	EventGaveUp
	// EventEscalated: a Decider ends the supervisor.
	EventEscalated
	// EventAutoShutdown: the end of a significant child ends the supervisor.
	EventAutoShutdown
	// EventUp: the supervisor and all its children are up.
	EventUp
	// EventEnded: the supervisor has ended, and no child of it is left.
	EventEnded
	// EventRunFailed: a run of an [Every] failed, which the child survives; see
	// [Survivable].
	EventRunFailed
	// EventLost: so many events came too fast for this reader.
	EventLost
)

// String returns the kind as logs and the command line have it.
func (k EventKind) String() string {
	names := [...]string{
		EventStarted: "started", EventStartFailed: "start_failed", EventIgnored: "ignored", EventExited: "exited",
		EventStopped: "stopped", EventRestart: "restart", EventCircuitOpened: "circuit_opened", EventCircuitClosed: "circuit_closed",
		EventGaveUp: "gave_up", EventEscalated: "escalated", EventAutoShutdown: "auto_shutdown", EventUp: "up", EventEnded: "ended",
		EventRunFailed: "run_failed", EventLost: "lost",
	}
	if int(k) < len(names) && names[k] != "" {
		return names[k]
	}
	return fmt.Sprintf("EventKind(%d)", uint8(k))
}

// Event is one decision of a supervisor, or what it was about; see
// [Supervisor.Events]. Which fields are set depends on the Kind.
type Event struct {
	At         time.Time
	Supervisor string // path of whose decision it is
	Kind       EventKind
	Child      string        // id; empty when it is about the supervisor itself
	PID        actor.PID     // of the child's life, or the supervisor's, when known
	Reason     error         // why it ended, failed to start, or a run of it failed
	Verdict    Verdict       // EventExited, EventStartFailed: what was decided; never ByType then, but DoStop or DoRestart, and DoStop where no budget is left
	Rule       int           // number of the Decider's rule that decided, from 1, or [RulePermanentFailure]; 0: the restart type
	Delay      time.Duration // EventRestart, EventStartFailed
	Used       int           // EventRestart, EventCircuitOpened, EventGaveUp: restarts within the period, this one included
	Allowed    int           // likewise: the Intensity of the supervisor, or of the budget that had none left
	Period     time.Duration // likewise
	Lost       int           // EventLost: how many
}

// String is one line for people, without the time.
func (e Event) String() string {
	var b strings.Builder
	b.WriteString(e.Supervisor)
	if e.Child != "" {
		b.WriteString("/" + e.Child)
	}
	b.WriteString(" " + e.Kind.String())
	if e.Kind == EventRestart {
		fmt.Fprintf(&b, " %d of %d within %v", e.Used, e.Allowed, e.Period)
	}
	if e.Verdict != ByType {
		fmt.Fprintf(&b, ", %v", e.Verdict)
	}
	switch {
	case e.Rule > 0:
		fmt.Fprintf(&b, " by rule %d", e.Rule)
	case e.Rule == RulePermanentFailure:
		fmt.Fprintf(&b, " by exit code %d", PermanentFailure)
	case e.Kind == EventLost:
		fmt.Fprintf(&b, " %d events", e.Lost)
	}
	if e.Delay > 0 {
		fmt.Fprintf(&b, ", in %v", e.Delay)
	}
	if e.Reason != nil {
		fmt.Fprintf(&b, ": %v", e.Reason)
	}
	return b.String()
}
