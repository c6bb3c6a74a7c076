package supervise

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

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
