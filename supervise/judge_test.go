package supervise_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// The judge of random traces sees what must not be.
func TestJudge(t *testing.T) {
	const tree = `{"supervisor": {"children": [{"id": "a"}, {"id": "t", "restart": "transient"}]},
		"steps": [{"exit": "a"}, {"exit": "t", "reason": "normal"}, {"advance": "5001ms"}, {"exit": "a"}, {"stop": "shutdown"}]}`
	s, err := scenario.Parse([]byte(tree))
	require.NoError(t, err)
	good, err := scenario.Run(s)
	require.NoError(t, err)
	require.NoError(t, broken(s, good, false))
	var text strings.Builder
	for _, l := range good {
		text.WriteString(l.String() + "\n")
	}
	start, stop := `{"event":"start","child":"a"}`+"\n", `{"event":"stop","child":"a","how":"shutdown"}`+"\n"
	exit := `{"event":"exit","child":"a","reason":"crash"}` + "\n"
	for _, tt := range []struct{ name, old, new, want string }{
		{"a second life", start, start + start, "it lives already"},
		{"a second death", stop, stop + stop, "it does not live"},
		{"an end before a child's", stop, "", `"a" still lives`},
		{"a restart too many", exit + start, exit + start + exit + start, "its supervisor has no restart left"},
		{"an end too early", stop, stop + `{"event":"supervisor_exit","supervisor":"","reason":"reached_max_restart_intensity"}` + "\n", "restarts at [5.001s]"},
	} {
		changed := strings.Replace(text.String(), tt.old, tt.new, 1)
		require.NotEqual(t, text.String(), changed, tt.name)
		trace, err := scenario.ParseTrace([]byte(changed))
		require.NoError(t, err)
		assert.ErrorContains(t, broken(s, trace, false), tt.want, tt.name)
	}

	s, err = scenario.Parse([]byte(`{"supervisor": {"children": [{"id": "a"}, {"id": "b"}]}, "steps": [{"stop": "shutdown"}]}`))
	require.NoError(t, err)
	trace, err := scenario.Run(s)
	require.NoError(t, err)
	require.NoError(t, broken(s, trace, false))
	trace[4], trace[5] = trace[5], trace[4]
	assert.ErrorContains(t, broken(s, trace, false), "a was stopped before")
	s.Setup = append(s.Setup, scenario.Step{Op: scenario.FailStarts, Paths: []string{"b"}, Queue: []scenario.Queued{
		{Step: scenario.Step{Op: scenario.StartChild, Spec: &scenario.Child{ID: "a"}}},
	}})
	require.NoError(t, broken(s, trace, false), "a may have another place by then")
}
