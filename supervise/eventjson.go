package supervise

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// eventJSON is an Event as JSON has it: reason and durations are text.
type eventJSON struct {
	At         time.Time `json:"at"`
	Supervisor string    `json:"supervisor"`
	Kind       EventKind `json:"kind"`
	Child      string    `json:"child,omitempty"`
	PID        actor.PID `json:"pid,omitzero"`
	Reason     string    `json:"reason,omitempty"`
	Verdict    Verdict   `json:"verdict,omitzero"`
	Rule       int       `json:"rule,omitempty"`
	Delay      string    `json:"delay,omitempty"`
	Used       *int      `json:"used,omitempty"`
	Allowed    *int      `json:"allowed,omitempty"`
	Period     string    `json:"period,omitempty"`
	Lost       int       `json:"lost,omitempty"`
}

// MarshalJSON writes the fields that are set; the reason is its text, durations
// are text such as "5s".
func (e Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{
		At: e.At, Supervisor: e.Supervisor, Kind: e.Kind, Child: e.Child, PID: e.PID, Verdict: e.Verdict, Rule: e.Rule, Lost: e.Lost,
	}
	if e.Reason != nil {
		j.Reason = fmt.Sprint(e.Reason) // bears an Error that panics
	}
	if e.Delay > 0 {
		j.Delay = e.Delay.String()
	}
	if e.Period > 0 {
		j.Used, j.Allowed, j.Period = &e.Used, &e.Allowed, e.Period.String()
	}
	return json.Marshal(j)
}
