package commands_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

// The rules of a file decide about the ends of real programs, by how they
// ended.
func TestRulesDecideAboutPrograms(t *testing.T) {
	tr, err := start(t, "supervisor: {}", nil, nil)
	require.NoError(t, err)
	file, err := policy.Parse("test.yaml", []byte(`
supervisor:
  intensity: 0
  on_exit:
    - {when: {exit_code: [3, 4]}, do: ignore}
    - {when: {panic: no such luck}, do: stop}
    - {when: {exit_code: 0}, do: stop}
  children:
    - {id: fails, command: ["${EXE}", play, fail]}
    - {id: panics, command: ["${EXE}", play, panic]}
    - {id: gives-up, command: ["${EXE}", play, give-up]}
    - {id: ends, command: ["${EXE}", play, once]}
`), func(string) (string, bool) { exe, err := os.Executable(); return exe, err == nil })
	require.NoError(t, err)
	spec, err := file.Spec(policy.Fill{Command: commands.Maker(commands.Options{})})
	require.NoError(t, err)

	events := tr.top.Events(t.Context())
	require.NoError(t, tr.top.Change(t.Context(), spec))
	type decision struct {
		verdict supervise.Verdict
		rule    int
	}
	decided := map[string]decision{}
	for e := range events {
		if e.Kind != supervise.EventExited {
			continue
		}
		decided[e.Child] = decision{e.Verdict, e.Rule}
		if len(decided) == len(spec.Children) {
			break
		}
	}
	assert.Equal(t, map[string]decision{
		"fails":    {supervise.DoIgnore, 1},
		"panics":   {supervise.DoStop, 2},
		"gives-up": {supervise.DoStop, -1},
		"ends":     {supervise.DoStop, 3},
	}, decided)
	assert.NoError(t, tr.top.Err(), "it goes on")
}
