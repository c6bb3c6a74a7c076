package supervise

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/proctor-dev/proctor/internal/jsonkeys"
)

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
