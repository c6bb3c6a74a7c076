package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// Phase is what a supervisor, or a child, is doing.
type Phase string

// The phases.
const (
	PhaseStarting   Phase = "starting"   // its start is under way
	PhaseRunning    Phase = "running"    // it is up
	PhaseStopping   Phase = "stopping"   // it was asked to stop, and has not ended
	PhaseExited     Phase = "exited"     // it ended by itself, which its supervisor comes to next
	PhaseRestarting Phase = "restarting" // its restart failed, or waits out a delay
	PhaseWaiting    Phase = "waiting"    // it is to be started when it is its turn
	PhaseStopped    Phase = "stopped"    // it has no process, and none is on its way
)

// Snapshot is how a supervisor and all that is beneath it are at a moment. It
// is plain data: as JSON durations are text such as "5s".
type Snapshot struct {
	Path     string          `json:"path"`
	PID      actor.PID       `json:"pid,omitzero"`
	Phase    Phase           `json:"phase"`
	Since    time.Time       `json:"since"` // when this life of it began
	Policy   PolicySnapshot  `json:"policy"`
	Used     int             `json:"used"`     // restarts within the period that the policy allows Intensity of
	Waiting  int             `json:"waiting"`  // requests that wait for what it is doing
	Children []ChildSnapshot `json:"children"` // in order
}

// PolicySnapshot is what counts of a [Policy], with the defaults filled in.
type PolicySnapshot struct {
	Strategy     Strategy      `json:"strategy"`
	Intensity    int           `json:"intensity"` // 0: no restarts
	Period       time.Duration `json:"period"`
	AutoShutdown AutoShutdown  `json:"auto_shutdown"`
	Circuit      bool          `json:"circuit,omitempty"`
	Template     string        `json:"template,omitempty"` // id, of a SimpleOneForOne
}

// ChildSnapshot is how one child is.
type ChildSnapshot struct {
	ID          string    `json:"id"`
	Phase       Phase     `json:"phase"`
	PID         actor.PID `json:"pid,omitzero"` // zero when it does not run
	Type        ChildType `json:"type"`
	Restart     Restart   `json:"restart"`
	Significant bool      `json:"significant,omitempty"`
	// Since is when it came up, or, when it is down, when that began; zero
	// when it never ran.
	Since       time.Time `json:"since,omitzero"`
	Restarts    int       `json:"restarts"`               // how often it was restarted in this life of its supervisor
	LastReason  string    `json:"last_reason,omitempty"`  // why it ended last, or failed to start
	LastExit    time.Time `json:"last_exit,omitzero"`     // when that was
	NextTry     time.Time `json:"next_try,omitzero"`      // when its delay is over
	CircuitOpen bool      `json:"circuit_open,omitempty"` // it is down until ResumeChild
	OwnStart    bool      `json:"own_start,omitempty"`    // it is an instance whose start is not the template's
	Supervisor  *Snapshot `json:"supervisor,omitempty"`   // of what is beneath, if it is a supervisor that runs or starts
}

// Snapshot says how the supervisor and all beneath it are. It does not wait
// for what they are doing: what is being started or stopped is shown as that.
// Each supervisor is shown at one moment, but not all at the same. Errors:
// [actor.ErrNoActor] when none is there now, also while it is to come back;
// that of ctx.
func (s *Supervisor) Snapshot(ctx context.Context) (Snapshot, error) {
	if ctx == nil {
		return Snapshot{}, actor.ErrNoContext
	}
	c, err := s.cell()
	if err != nil {
		return Snapshot{}, err
	}
	return c.snapshot(ctx)
}

func (c *cell) snapshot(ctx context.Context) (Snapshot, error) {
	if ctx.Err() != nil {
		return Snapshot{}, actor.ContextError(ctx)
	}
	taken := make(chan *Snapshot, 1)
	i := c.booting()
	look := func(up bool) {
		if up {
			taken <- i.snapshot()
			return
		}
		taken <- nil
	}
	if i == nil || !i.inbox.put(message{look: look}) {
		return Snapshot{}, fmt.Errorf("supervisor %s: %w", c.path, actor.ErrNoActor)
	}
	var snap *Snapshot
	select {
	case snap = <-taken:
	case <-ctx.Done():
		return Snapshot{}, actor.ContextError(ctx)
	}
	if snap == nil {
		return Snapshot{}, fmt.Errorf("supervisor %s: %w", c.path, errNoSupervisor)
	}
	for n := range snap.Children {
		child := &snap.Children[n]
		below := cellAt(c.sys, c.path+"/"+child.ID)
		if below == nil {
			continue
		}
		nested, err := below.snapshot(ctx)
		if err == nil {
			child.Supervisor = &nested
		} else if ctx.Err() != nil {
			return Snapshot{}, err
		}
	}
	return *snap, nil
}

// snapshot is called by the supervisor's goroutine.
func (i *incarnation) snapshot() *Snapshot {
	m := i.machine
	s := &Snapshot{
		Path: i.path, PID: i.life.PID(), Phase: i.phase(), Since: i.began, Used: m.budget.within(time.Now()),
		Policy: PolicySnapshot{
			Strategy: m.strategy, Intensity: m.budget.intensity, Period: m.budget.period, AutoShutdown: m.auto, Circuit: m.circuit,
		},
		Children: make([]ChildSnapshot, 0, m.children.len()),
	}
	if m.template != nil {
		s.Policy.Template = m.template.ID
	}
	for _, ev := range m.queue {
		if _, ok := ev.(evRequest); ok {
			s.Waiting++
		}
	}
	due := m.due()
	for c := range m.children.all() {
		s.Children = append(s.Children, i.childSnapshot(c, due[c]))
	}
	return s
}

func (i *incarnation) phase() Phase {
	switch {
	case i.machine.ending != nil:
		return PhaseStopping
	case !i.up:
		return PhaseStarting
	}
	return PhaseRunning
}

func (i *incarnation) childSnapshot(c *child, due bool) ChildSnapshot {
	s := ChildSnapshot{
		ID: c.spec.ID, Phase: PhaseStopped, PID: i.pid(c.life), Type: c.spec.Type, Restart: c.spec.Restart,
		Significant: c.spec.Significant, Since: c.lastAt, Restarts: c.restart, LastExit: c.lastAt, CircuitOpen: c.open, OwnStart: c.ownStart,
	}
	if c.lastErr != nil {
		s.LastReason = fmt.Sprint(c.lastErr) // bears an Error that panics
	}
	switch {
	case c.stopping:
		s.Phase, s.Since = PhaseStopping, c.since
	case c.state == Running && c.exit != nil:
		s.Phase, s.PID, s.Since = PhaseExited, actor.PID{}, c.since
	case c.state == Running:
		s.Phase, s.Since = PhaseRunning, c.since
	case c.life != 0:
		s.Phase = PhaseStarting
	case c.state == Restarting:
		s.Phase = PhaseRestarting
		if c.wait != 0 {
			s.NextTry = c.due
		}
	case due, c.pending, c.held: // held: with its group, whose restart waits
		s.Phase = PhaseWaiting
	}
	return s
}

// due is who has no process, and is going to be started by the operation.
func (m *machine) due() map[*child]bool {
	if m.op == nil || m.ending != nil {
		return nil
	}
	all := make(map[*child]bool, len(m.op.starts))
	for _, c := range m.op.starts {
		all[c] = true
	}
	return all
}

// within counts the restarts that would count now.
func (u *budget) within(now time.Time) int {
	n := 0
	for _, d := range u.deaths {
		if !d.At.Before(now.Add(-u.period)) {
			n++
		}
	}
	return n
}

// policyFields are those of a PolicySnapshot.
type policyFields PolicySnapshot

// policyJSON has the period as text.
type policyJSON struct {
	policyFields
	Period string `json:"period"`
}

// MarshalJSON writes the period as text such as "5s".
func (p PolicySnapshot) MarshalJSON() ([]byte, error) {
	return json.Marshal(policyJSON{policyFields(p), p.Period.String()})
}

// UnmarshalJSON takes what MarshalJSON returns.
func (p *PolicySnapshot) UnmarshalJSON(b []byte) error {
	var j policyJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	period, err := time.ParseDuration(j.Period)
	if err != nil {
		return err
	}
	*p = PolicySnapshot(j.policyFields)
	p.Period = period
	return nil
}

// String shows the tree for people, a line for each child.
func (s Snapshot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s%s\n", s.Path, s.Phase, s.policy())
	s.write(&b, "  ")
	return b.String()
}

// policy is what a line says of a supervisor besides.
func (s Snapshot) policy() string {
	text := fmt.Sprintf(", %v, %d of %d restarts within %v", s.Policy.Strategy, s.Used, s.Policy.Intensity, s.Policy.Period)
	if s.Waiting > 0 {
		text += fmt.Sprintf(", %d requests wait", s.Waiting)
	}
	return text
}

func (s Snapshot) write(b *strings.Builder, indent string) {
	for _, c := range s.Children {
		fmt.Fprintf(b, "%s%s: %s", indent, c.ID, c.Phase)
		if c.PID != (actor.PID{}) {
			fmt.Fprintf(b, ", life %d", c.PID.Incarnation)
		}
		if c.Restarts > 0 {
			fmt.Fprintf(b, ", restarts: %d", c.Restarts)
		}
		if !c.NextTry.IsZero() {
			fmt.Fprintf(b, ", next try at %s", c.NextTry.Format(time.RFC3339))
		}
		if c.CircuitOpen {
			b.WriteString(", circuit open")
		}
		if c.Supervisor != nil {
			b.WriteString(c.Supervisor.policy())
		}
		if c.LastReason != "" {
			fmt.Fprintf(b, ", last: %s", c.LastReason)
		}
		b.WriteByte('\n')
		if c.Supervisor != nil {
			c.Supervisor.write(b, indent+"  ")
		}
	}
}
