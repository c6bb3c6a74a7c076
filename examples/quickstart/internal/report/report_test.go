package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/table"
)

func run(elapsed time.Duration, complexity int) Run {
	return Run{Elapsed: elapsed, Table: table.Fold(table.Table{}, analyze.Result{Path: "a/b.go", Lines: 7, Functions: []analyze.Function{
		{Name: "f", Line: 1, Lines: 4, Complexity: complexity},
		{Name: "g", Line: 5, Lines: 2, Complexity: 9},
	}})}
}

func example(faults Run) Report {
	return New(2, run(4*time.Second, 1), run(2*time.Second, 1), faults,
		[]Death{{PID: 42, Cause: "signal: killed"}},
		[]Poison{{Kind: "endless loop", Goroutine: "still running after 2s", Proctor: "deadline <exceeded>"}})
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, example(run(time.Minute, 1)).JSON(&out))
	assert.JSONEq(t, `{
		"files": 1, "functions": 2, "lines": 7,
		"longest": {"file": "a/b.go", "name": "f", "value": 4},
		"most_complex": {"file": "a/b.go", "name": "g", "value": 9},
		"workers": 2,
		"deaths": [{"pid": 42, "cause": "signal: killed"}],
		"poison": [{"kind": "endless loop", "goroutine": "still running after 2s", "proctor": "deadline <exceeded>"}],
		"identical": true, "files_per_second": 0.5, "speedup": 2
	}`, out.String())
}

func TestEmptyListsAndNoTime(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, New(1, Run{}, Run{}, Run{}, nil, nil).JSON(&out))
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.String()), &got))
	assert.Equal(t, []any{}, got["deaths"])
	assert.Equal(t, []any{}, got["poison"])
	assert.Zero(t, got["speedup"])
	assert.Zero(t, got["files_per_second"])
}

func TestText(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, example(run(time.Minute, 1)).Text(&out))
	for _, want := range []string{
		"1 files, 2 functions, 7 lines\n",
		"    as a goroutine:  still running after 2s\n    through Proctor: deadline <exceeded>\n",
		"workers that died: 1\n  pid 42: signal: killed\n",
		"2 workers: 0 files per second, 2.00 times as fast as one goroutine\n",
		"the same, to the byte\n",
	} {
		assert.Contains(t, out.String(), want)
	}
}

// A run that found something else is told, in both forms.
func TestDifferentTables(t *testing.T) {
	t.Parallel()
	r := example(run(time.Minute, 2))
	assert.False(t, r.Identical)
	var text strings.Builder
	require.NoError(t, r.Text(&text))
	assert.Contains(t, text.String(), "faults: DIFFERENT\n")
}
