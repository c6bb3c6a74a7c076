package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// pairs is an object whose keys have an order.
type pairs struct {
	keys   []string
	values []any
}

func (p *pairs) add(key string, value any) {
	p.keys, p.values = append(p.keys, key), append(p.values, value)
}

// addIf adds what there is.
func addIf[T any](p *pairs, key string, value *T) {
	if value != nil {
		p.add(key, *value)
	}
}

// MarshalJSON writes the object.
func (p pairs) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range p.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(p.values[i])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", key, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// MarshalJSON writes what Parse reads.
func (s Scenario) MarshalJSON() ([]byte, error) {
	var p pairs
	if s.Name != "" {
		p.add("name", s.Name)
	}
	if s.Doc != "" {
		p.add("doc", s.Doc)
	}
	if s.Unordered {
		p.add("unordered", true)
	}
	if len(s.Setup) > 0 {
		p.add("setup", s.Setup)
	}
	addIf(&p, "supervisor", s.Supervisor)
	p.add("steps", append([]Step{}, s.Steps...))
	return p.MarshalJSON()
}

// MarshalJSON writes what ParseSupervisor reads.
func (s Supervisor) MarshalJSON() ([]byte, error) {
	var p pairs
	addIf(&p, "strategy", s.Strategy)
	addIf(&p, "intensity", s.Intensity)
	if s.Period != nil {
		p.add("period", written(*s.Period))
	}
	addIf(&p, "auto_shutdown", s.AutoShutdown)
	addIf(&p, "boot", s.Boot)
	if s.Children != nil {
		p.add("children", s.Children)
	}
	return p.MarshalJSON()
}

// MarshalJSON writes the child.
func (c Child) MarshalJSON() ([]byte, error) {
	var p pairs
	p.add("id", c.ID)
	addIf(&p, "restart", c.Restart)
	if c.Shutdown != nil {
		p.add("shutdown", c.Shutdown.written())
	}
	addIf(&p, "type", c.Type)
	addIf(&p, "significant", c.Significant)
	addIf(&p, "supervisor", c.Supervisor)
	return p.MarshalJSON()
}

func (s Shutdown) written() string {
	if s.Word != "" {
		return s.Word
	}
	return written(s.Time)
}

// written is a time as scenarios have it. They have no finer one than a
// millisecond.
func written(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }

// MarshalJSON writes the step.
func (s Step) MarshalJSON() ([]byte, error) {
	var p pairs
	switch {
	case s.Op == Advance:
		p.add(string(s.Op), written(s.Time))
		return p.MarshalJSON()
	case s.Op == Stop:
		p.add(string(s.Op), s.Reason)
		return p.MarshalJSON()
	case s.List:
		p.add(string(s.Op), s.Paths)
	default:
		p.add(string(s.Op), s.Path())
	}
	addIf(&p, "spec", s.Spec)
	addIf(&p, "times", s.Times)
	if s.Reason != "" {
		p.add("reason", s.Reason)
	}
	if len(s.Queue) > 0 {
		p.add("queue", s.Queue)
	}
	return p.MarshalJSON()
}

// MarshalJSON writes the entry.
func (q Queued) MarshalJSON() ([]byte, error) {
	var p pairs
	p.add("at", q.At)
	p.add("step", q.Step)
	return p.MarshalJSON()
}
