package supervise

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// null is a value that is there and is nothing.
type null struct{}

func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// scenarioRequest maps a step to the supervisor's path, the request, and how a
// good answer is written.
func scenarioRequest(t testing.TB, st scenarioStep) (string, request, func(answer) any) {
	none := func(answer) any { return nil }
	child := func(path string) func(answer) any {
		return func(a answer) any {
			if a.pid == (actor.PID{}) {
				return null{}
			}
			return path
		}
	}
	switch {
	case st.StartChild != nil:
		require.NotNil(t, st.Spec)
		return *st.StartChild, reqStart{st.Spec.child(t, startNothing)}, child(join(*st.StartChild, st.Spec.ID))
	case st.Terminate != nil:
		p, id := split(*st.Terminate)
		return p, reqTerminate{id}, none
	case st.Restart != nil:
		p, id := split(*st.Restart)
		return p, reqRestart{id}, child(*st.Restart)
	case st.Delete != nil:
		p, id := split(*st.Delete)
		return p, reqDelete{id}, none
	case st.Count != nil:
		return *st.Count, reqCount{}, func(a answer) any { return countLine(a.count) }
	case st.Which != nil:
		return *st.Which, reqWhich{}, func(a answer) any {
			list := []line{}
			for _, c := range a.which {
				list = append(list, line{"id": c.ID, "state": c.State.String(), "type": c.Type.String()})
			}
			return list
		}
	}
	require.Fail(t, "unknown step", "%+v", st)
	return "", nil, nil
}

func countLine(c Counts) line {
	return line{"specs": c.Specs, "active": c.Active, "supervisors": c.Supervisors, "workers": c.Workers}
}
