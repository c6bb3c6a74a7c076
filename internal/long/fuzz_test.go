package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadFuzz(t *testing.T) {
	t.Parallel()
	const progress = "fuzz: elapsed: 0s, execs: 0 (0/sec), new interesting: 0 (total: 9)\n" +
		"fuzz: elapsed: 3s, execs: 1234 (411/sec), new interesting: 7 (total: 16)\n"
	const written = "    Failing input written to testdata/fuzz/FuzzX/abc123\n"
	for name, c := range map[string]struct {
		log    string
		status bool // go test failed
		want   fuzzSeen
	}{
		"passed":                    {progress + "PASS\n", false, fuzzSeen{executions: 1234, interesting: 7}},
		"its time was up":           {progress + "--- FAIL: FuzzX (3.10s)\n    context deadline exceeded\nFAIL\n", true, fuzzSeen{executions: 1234, interesting: 7}},
		"an input":                  {progress + "--- FAIL: FuzzX (3.10s)\n" + written + "FAIL\n", true, fuzzSeen{executions: 1234, interesting: 7, written: []string{"testdata/fuzz/FuzzX/abc123"}, failed: true}},
		"an input as its time ends": {progress + "    context deadline exceeded\n" + written, true, fuzzSeen{executions: 1234, interesting: 7, written: []string{"testdata/fuzz/FuzzX/abc123"}, failed: true}},
		"a corpus that fails":       {"--- FAIL: FuzzX/seed#0 (0.00s)\n", true, fuzzSeen{failed: true}},
		"an error about a deadline": {"--- FAIL: FuzzX\n    got context deadline exceeded, want EOF\n", true, fuzzSeen{failed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.want.log = c.log
			assert.Equal(t, c.want, readFuzz(c.log, c.status))
		})
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	set := func(places ...string) map[string]bool {
		m := map[string]bool{}
		for _, p := range places {
			m[p] = true
		}
		return m
	}
	all := []input{
		{"large", 900, set("a", "b", "c", "d")},
		{"small", 10, set("a", "b")},
		{"known", 5, set("k")},
		{"same as small", 20, set("b", "a")},
		{"more", 30, set("a", "c", "k")},
	}
	names := func(chosen []input) (n []string) {
		for _, in := range chosen {
			n = append(n, in.name)
		}
		return n
	}
	known := set("k")
	assert.Equal(t, []string{"small", "more", "large"}, names(pick(all, known, 10, 1<<20)))
	assert.Equal(t, []string{"small", "more"}, names(pick(all, known, 2, 1<<20)), "so many at most")
	assert.Equal(t, []string{"small", "more"}, names(pick(all, known, 10, 500)), "so many bytes at most")
	assert.Empty(t, pick(all, set("a", "b", "c", "d", "k"), 10, 1<<20), "all of it is covered")
	assert.Equal(t, set("k"), known, "it is the caller's")
	assert.Equal(t, "large", all[0].name, "so is the order")
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	got := places("mode: atomic\nx/a.go:1.2,3.4 5 0\nx/a.go:5.2,6.4 1 1\nx/a.go:7.2,8.4 1 5\nnonsense\n")
	assert.Equal(t, map[string]bool{
		"x/a.go:5.2,6.4 x1": true,
		"x/a.go:7.2,8.4 x1": true, "x/a.go:7.2,8.4 x2": true, "x/a.go:7.2,8.4 x4": true,
	}, got)
}

// A target reads what its package has, such as a schema beside the code, and only
// the corpus that it is to be measured with.
func TestCoverageHasWhatThePackageHas(t *testing.T) {
	t.Parallel()
	pkg := t.TempDir()
	for _, file := range []string{"schema.json", "testdata/good/one", "testdata/fuzz/FuzzX/kept"} {
		path := filepath.Join(pkg, filepath.FromSlash(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(file), 0o644))
	}
	c := &coverage{t: fuzzTarget{dir: pkg, name: "FuzzX"}, folder: t.TempDir()}
	require.NoError(t, c.mirror())
	for _, file := range []string{"schema.json", "testdata/good/one"} {
		text, err := os.ReadFile(filepath.Join(c.folder, filepath.FromSlash(file)))
		require.NoError(t, err)
		assert.Equal(t, file, string(text))
	}
	kept, err := os.ReadDir(c.corpus())
	require.NoError(t, err)
	assert.Empty(t, kept)
}
