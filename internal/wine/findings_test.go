package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// well is a run without findings, and what is known of it.
func well(t *testing.T) (run, known) {
	t.Helper()
	k, err := parseKnown("m", "# a comment\n\nprobe limits: 0\nskips p TestB: limits: 0\nother p/q TestU: sends signals\n")
	require.NoError(t, err)
	return run{
		results: results{
			{"m/p", ""}:           {action: "pass"},
			{"m/p", "TestA"}:      {action: "pass"},
			{"m/p", "TestA/sub"}:  {action: "pass"},
			{"m/p", "TestB"}:      {action: "skip", output: []string{"    b_test.go:1: limits: 0\n"}},
			{"m/none", ""}:        {action: "skip"},
			{"m/p", "FuzzA"}:      {action: "pass"},
			{"m/p", "FuzzA/051c"}: {action: "skip", output: []string{"    a_test.go:1: [rapid] overrun\n"}},
		},
		probe:   []string{"limits: 0"},
		linux:   map[id]bool{{"m/p", "TestA"}: true, {"m/p/q", "TestU"}: true},
		windows: map[id]bool{{"m/p", "TestA"}: true, {"m/p", "TestB"}: true, {"m/p", "ExampleA"}: true},
	}, k
}

// Each is one thing that is not as known, and is found; nothing else is.
func TestFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(r *run, k *known)
		want  []string
	}{
		{"all is well", func(*run, *known) {}, nil},
		{"a test fails", func(r *run, _ *known) { r.results[id{"m/p", "TestA/sub"}].action = "fail" }, []string{"m/p TestA/sub failed"}},
		{"a package fails", func(r *run, _ *known) { r.results[id{"m/p", ""}].action = "fail" }, []string{"m/p failed"}},
		{"a test never ends", func(r *run, _ *known) { r.results[id{"m/p", "TestA"}].action = "" }, []string{"m/p TestA has not ended"}},
		{"a skip is not known", func(r *run, _ *known) {
			*r.results[id{"m/p", "TestA"}] = result{action: "skip", output: []string{"x_test.go:2: no reason\n"}}
		}, []string{"m/p TestA skipped: no reason"}},
		{"a fuzz target skips", func(r *run, _ *known) {
			*r.results[id{"m/p", "FuzzA"}] = result{action: "skip", output: []string{"x_test.go:2: no reason\n"}}
		}, []string{"m/p FuzzA skipped: no reason"}},
		{"a skip has another reason", func(r *run, _ *known) { r.results[id{"m/p", "TestB"}].output = []string{"b_test.go:1: tired\n"} }, []string{"m/p TestB skipped: tired"}},
		{"a known skip did not happen", func(r *run, _ *known) { r.results[id{"m/p", "TestB"}].action = "pass" }, []string{"m/p TestB is known to skip, and did not"}},
		{"the probe says nothing of it", func(r *run, k *known) { r.probe, k.probe = nil, nil }, []string{"m/p TestB skips for what no probe says: limits: 0"}},
		{"the probe says more", func(r *run, _ *known) { r.probe = append(r.probe, "new") }, []string{"the probe says something new: new"}},
		{"the probe says less", func(_ *run, k *known) { k.probe = append(k.probe, "old") }, []string{"the probe does not say any more: old"}},
		{"a test is for Unix", func(r *run, _ *known) { r.linux[id{"m/p", "TestV"}] = true }, []string{"m/p TestV is not in the Windows build, and nothing says why"}},
		{"a test is for Windows by now", func(r *run, _ *known) {
			r.windows[id{"m/p/q", "TestU"}] = true
			r.results[id{"m/p/q", "TestU"}] = &result{action: "pass"}
		}, []string{"m/p/q TestU is in the Windows build, though it is said not to be"}},
		{"a test is gone", func(r *run, _ *known) { delete(r.linux, id{"m/p/q", "TestU"}) }, []string{"m/p/q TestU is said not to be in the Windows build, and is nowhere"}},
		{"a test was not run", func(r *run, _ *known) { delete(r.results, id{"m/p", "TestA"}) }, []string{"m/p TestA was not run"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, k := well(t)
			tt.spoil(&r, &k)
			assert.Equal(t, tt.want, findings(r, k))
		})
	}
}

func TestParseKnown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"maybe p TestA: x":                     "no kind of line",
		"skips p TestA":                        "REASON",
		"skips p: x":                           "REASON",
		"skips TestA: ":                        "REASON",
		"\nother p TestA: x\nother p TestA: y": "line 3: m/p TestA is there twice",
	} {
		_, err := parseKnown("m", text)
		assert.ErrorContains(t, err, want, "%q", text)
	}
	k, err := parseKnown("m", "skips p/q TestA/a_b: c: d\r\n")
	require.NoError(t, err)
	assert.Equal(t, map[id]string{{"m/p/q", "TestA/a_b"}: "c: d"}, k.skips)
}

// The tests of this package are found by reading its files.
func TestNames(t *testing.T) {
	t.Parallel()
	all, err := names("windows", []string{"."})
	require.NoError(t, err)
	var tests []string
	for _, i := range slices.Collect(maps.Keys(all)) {
		tests = append(tests, i.test)
	}
	assert.Contains(t, tests, "TestNames")
	assert.Contains(t, tests, "TestFindings")
	assert.NotContains(t, tests, "TestMain")
	assert.NotContains(t, tests, "well")
}
