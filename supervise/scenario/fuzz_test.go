package scenario_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Whatever is read can be written and read again, and played or refused.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenario.Parse(data)
		if err != nil {
			var wrong *scenario.Error
			require.ErrorAs(t, err, &wrong)
			return
		}
		text, err := json.Marshal(s)
		require.NoError(t, err)
		again, err := scenario.Parse(text)
		require.NoError(t, err, "%s", text)
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(second))
		if len(data) > 4000 || s.Supervisor == nil || slow(s) {
			return
		}
		trace, err := scenario.Run(s)
		if err != nil {
			return
		}
		for _, l := range trace {
			line, err := json.Marshal(l)
			require.NoError(t, err)
			read, err := scenario.ParseTrace(line)
			require.NoError(t, err)
			require.Equal(t, l.String(), read[0].String())
		}
	})
}

// slow reports whether playing it may take long.
func slow(s *scenario.Scenario) bool {
	for _, step := range append(s.Setup, s.Steps...) {
		if step.Times != nil && *step.Times > 100 {
			return true
		}
	}
	return false
}

func FuzzParseSupervisor(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, _, err := scenario.ParseSupervisor(data)
		if err == nil {
			require.Len(t, tree.Spec("top", nil).Children, len(tree.Children))
		}
	})
}

func FuzzParseTrace(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		trace, err := scenario.ParseTrace(data)
		if err == nil {
			require.NoError(t, scenario.Compare(trace, trace, false))
		}
	})
}
