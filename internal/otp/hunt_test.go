package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// liar is an oracle that says what happens here, but for one thing: that a
// worker is killed that does not stop. It lies about the first lies scenarios
// only, if that is set.
type liar struct{ lies int }

func (l *liar) play(_ context.Context, list []*scenario.Scenario) ([]verdict, error) {
	var verdicts []verdict
	for _, s := range list {
		trace, err := scenario.Run(s)
		if err != nil {
			return nil, err
		}
		for i := range trace {
			if trace[i].How == "timeout_kill" && l.lies > 0 {
				trace[i].How = "kill"
			}
		}
		l.lies--
		var text []byte
		for _, line := range trace {
			text = append(text, line.String()+"\n"...)
		}
		verdicts = append(verdicts, verdict{trace: trace, text: text})
	}
	return verdicts, nil
}

// A scenario that differs is made as small as it gets, and saved with OTP's
// trace.
func TestWhatDiffersIsMadeSmallAndSaved(t *testing.T) {
	t.Parallel()
	h := &hunt{oracle: &liar{lies: 1 << 40}}
	draw, dir := h.drawn(1), t.TempDir()
	var err error
	for i := 0; err == nil; i++ {
		require.Less(t, i, 5000)
		err = h.compare(t.Context(), []*scenario.Scenario{draw(i)}, dir)
	}
	require.ErrorIs(t, err, errDiffers)
	files, globErr := filepath.Glob(filepath.Join(dir, "found-*.json"))
	require.NoError(t, globErr)
	require.Len(t, files, 1)
	assert.ErrorContains(t, err, "it is saved as "+files[0])
	text, readErr := os.ReadFile(files[0])
	require.NoError(t, readErr)
	s, parseErr := scenario.Parse(text)
	require.NoError(t, parseErr)
	assert.Equal(t, s.Name+".json", filepath.Base(files[0]))
	assert.LessOrEqual(t, len(s.Setup)+len(s.Steps), 4, "%s", text)
	raw, readErr := os.ReadFile(filepath.Join(dir, s.Name+".jsonl"))
	require.NoError(t, readErr)
	trace, parseErr := scenario.ParseTrace(raw)
	require.NoError(t, parseErr)
	assert.Contains(t, string(raw), `"kill"`)
	require.Error(t, differs(s, verdict{trace: trace}))
}

// What differs once but not again is OTP's own doing.
func TestWhatDiffersOnceIsNoFinding(t *testing.T) {
	t.Parallel()
	s, err := scenario.Parse([]byte(`{"supervisor": {"children": [{"id": "a"}]}, "steps": [{"hang_stop": "a"}, {"terminate_child": "a"}]}`))
	require.NoError(t, err)
	h := &hunt{oracle: &liar{lies: 1}}
	require.NoError(t, h.compare(t.Context(), []*scenario.Scenario{s}, t.TempDir()))
	assert.Equal(t, 1, h.wavered)
}

func TestOneSeedGivesOneList(t *testing.T) {
	t.Parallel()
	a, b := (&hunt{}).drawn(7), (&hunt{}).drawn(7)
	for i := range 20 {
		first, err := json.Marshal(a(i))
		require.NoError(t, err)
		second, err := json.Marshal(b(i))
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	}
}

// The oracle itself, where there is an Erlang. A scenario that it cannot play
// does not keep it from the others.
func TestOracle(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("escript"); err != nil {
		t.Skip("no escript")
	}
	good, err := scenario.Parse([]byte(`{"supervisor": {"children": [{"id": "a"}]}, "steps": [{"exit": "a"}]}`))
	require.NoError(t, err)
	bad, err := scenario.Parse([]byte(`{"supervisor": {}, "steps": [{"start_child": ""}]}`))
	require.NoError(t, err)
	o, err := newOracle(t.TempDir())
	require.NoError(t, err)
	verdicts, err := o.play(t.Context(), []*scenario.Scenario{good, bad, good})
	require.NoError(t, err)
	require.Len(t, verdicts, 3)
	require.NoError(t, differs(good, verdicts[0]))
	require.ErrorContains(t, verdicts[1].err, "badkey")
	require.NoError(t, differs(good, verdicts[2]))
	verdicts[2].trace[0] = supervise.TraceLine{Kind: supervise.TraceStart, Child: "b"}
	require.Error(t, differs(good, verdicts[2]))
}
