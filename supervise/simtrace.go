package supervise

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/proctor-dev/proctor/internal/jsonkeys"
)

// Trace is what happened, as a [Simulator] saw it.
type Trace []TraceLine

// TraceKind is the kind of a [TraceLine].
type TraceKind string

// The kinds of lines. "Worker" is every child that is no supervisor.
const (
	TraceStart          TraceKind = "start"           // Child is up; a supervisor is when its children are
	TraceStartFailed    TraceKind = "start_failed"    // Child is not; Reason
	TraceStartIgnored   TraceKind = "start_ignored"   // Child had nothing to start
	TraceExit           TraceKind = "exit"            // worker Child ended by itself; Reason
	TraceStop           TraceKind = "stop"            // worker Child was stopped; How
	TraceSupervisorExit TraceKind = "supervisor_exit" // Supervisor, that had been up, ended after its children; Reason
	TraceBoot           TraceKind = "boot"            // the first start is over; Result, and Child when that one failed
	TraceStep           TraceKind = "step"            // what follows is of that Step
	TraceReply          TraceKind = "reply"           // a request of that Step was answered; Result, Value
)

// TraceLine is one thing that happened. Children and supervisors are named by
// their paths, ids joined by '/'; that of the topmost supervisor is empty. As
// JSON it has the fields of its kind and no others.
type TraceLine struct {
	Kind       TraceKind
	Child      string
	Supervisor string
	Reason     string // "crash", "normal", "reached_max_restart_intensity"…; OTP's names where it has one
	How        string // "shutdown", "kill" or "timeout_kill"
	Result     string // "ok" or "error:" and OTP's name of the error
	Step       int    // from 0, or [BeforeBoot]
	// Value is what was answered besides Result: the path of a child as a
	// string, [NoChild], [Counts], []ChildInfo, or nil for nothing.
	Value any
}

// NoChild is the Value of the answer to a request that was to start a child
// whose start was ignored.
type NoChild struct{}

// MarshalJSON gives null.
func (NoChild) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// fields are the parts of a line of that kind, in the order of their writing.
func (l *TraceLine) fields() ([]traceField, error) {
	child := traceField{"child", &l.Child, false}
	reason := traceField{"reason", &l.Reason, false}
	step := traceField{"step", &l.Step, false}
	result := traceField{"result", &l.Result, false}
	switch l.Kind {
	case TraceStart, TraceStartIgnored:
		return []traceField{child}, nil
	case TraceStartFailed, TraceExit:
		return []traceField{child, reason}, nil
	case TraceStop:
		return []traceField{child, {"how", &l.How, false}}, nil
	case TraceSupervisorExit:
		return []traceField{{"supervisor", &l.Supervisor, false}, reason}, nil
	case TraceBoot:
		return []traceField{result, {"child", &l.Child, true}}, nil
	case TraceStep:
		return []traceField{step}, nil
	case TraceReply:
		return []traceField{step, result, {"value", &traceValue{&l.Value}, true}}, nil
	}
	return nil, fmt.Errorf("supervise: %w: its kind is %q", errTraceLine, l.Kind)
}

// errTraceLine says that something is no line of a trace.
var errTraceLine = errors.New("this is no line of a trace")

// traceField is one field; one that is optional is left out when it is empty.
type traceField struct {
	name     string
	value    any // a pointer
	optional bool
}

func (f traceField) empty() bool {
	switch v := f.value.(type) {
	case *string:
		return *v == ""
	case *traceValue:
		return *v.to == nil
	}
	return false
}

// MarshalJSON writes the fields of the kind.
func (l TraceLine) MarshalJSON() ([]byte, error) {
	fields, err := l.fields()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"event":%q`, l.Kind)
	for _, f := range fields {
		if f.optional && f.empty() {
			continue
		}
		text, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, `,%q:%s`, f.name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON takes a line that has the fields of its kind and no others.
func (l *TraceLine) UnmarshalJSON(text []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	if err := jsonkeys.Check(text, reflect.TypeOf(raw), jsonkeys.Lenience{}); err != nil {
		return fmt.Errorf("supervise: %w: %w: %.200s", errTraceLine, err, text)
	}
	*l = TraceLine{}
	if err := json.Unmarshal(raw["event"], &l.Kind); err != nil {
		return fmt.Errorf("supervise: %w: %.200s", errTraceLine, text)
	}
	fields, err := l.fields()
	if err != nil {
		return err
	}
	known := 1
	for _, f := range fields {
		value, ok := raw[f.name]
		if !ok {
			if f.optional {
				continue
			}
			return fmt.Errorf("supervise: %w: it has no %s: %.200s", errTraceLine, f.name, text)
		}
		known++
		if err := json.Unmarshal(value, f.value); err != nil {
			return err
		}
	}
	if known != len(raw) {
		return fmt.Errorf("supervise: %w: it has more fields than those of its kind: %.200s", errTraceLine, text)
	}
	return nil
}

// String is the line as JSON.
func (l TraceLine) String() string {
	text, err := json.Marshal(l)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// traceValue is the Value of a line on its way to and from JSON.
type traceValue struct{ to *any }

// traceCounts and traceInfo are what a line has of Counts and of ChildInfo.
type (
	traceCounts struct {
		Specs       int `json:"specs"`
		Active      int `json:"active"`
		Supervisors int `json:"supervisors"`
		Workers     int `json:"workers"`
	}
	traceInfo struct {
		ID    string `json:"id"`
		State string `json:"state"`
		Type  string `json:"type"`
	}
)

// MarshalJSON implements [json.Marshaler].
func (v *traceValue) MarshalJSON() ([]byte, error) {
	switch value := (*v.to).(type) {
	case string, NoChild:
		return json.Marshal(value)
	case Counts:
		return json.Marshal(traceCounts(value))
	case []ChildInfo:
		list := make([]traceInfo, 0, len(value))
		for _, c := range value {
			list = append(list, traceInfo{c.ID, c.State.String(), c.Type.String()})
		}
		return json.Marshal(list)
	}
	return nil, fmt.Errorf("supervise: %w: its value is a %T", errTraceLine, *v.to)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *traceValue) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case 'n':
		*v.to = NoChild{}
		return nil
	case '"':
		var path string
		err := json.Unmarshal(text, &path)
		*v.to = path
		return err
	case '{':
		var c traceCounts
		err := strictly(text, &c)
		*v.to = Counts(c)
		return err
	}
	var list []traceInfo
	if err := strictly(text, &list); err != nil {
		return err
	}
	infos := make([]ChildInfo, 0, len(list))
	for _, c := range list {
		state, ok := nameOf(c.State, Stopped, Running, Restarting)
		kind, known := nameOf(c.Type, WorkerChild, SupervisorChild)
		if !ok || !known {
			return fmt.Errorf("supervise: %w: it lists %.200s", errTraceLine, text)
		}
		infos = append(infos, ChildInfo{ID: c.ID, State: state, Type: kind})
	}
	*v.to = infos
	return nil
}

// nameOf finds the value of that name.
func nameOf[T fmt.Stringer](name string, values ...T) (T, bool) {
	for _, v := range values {
		if v.String() == name {
			return v, true
		}
	}
	var none T
	return none, false
}

// strictly decodes JSON that must have no other fields, and each once.
func strictly(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	return jsonkeys.Check(text, reflect.TypeOf(into), jsonkeys.Lenience{})
}
