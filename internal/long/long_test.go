package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	names := func(rs []run) (all []string) {
		for _, r := range rs {
			all = append(all, r.name)
		}
		return all
	}
	for name, c := range map[string]struct {
		args, want []string
		fails      bool
	}{
		"none":        {nil, nil, true},
		"unknown":     {[]string{"storm", "rain"}, nil, true},
		"some":        {[]string{"storm", "calls"}, []string{"storm", "calls"}, false},
		"all of them": {[]string{"all"}, names(runs()), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(c.args)
			assert.Equal(t, c.fails, err != nil, "%v", err)
			assert.Equal(t, c.want, names(got))
		})
	}
}

func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range runs() {
		assert.NotEmpty(t, r.name)
		assert.False(t, seen[r.name], "%s is there twice", r.name)
		assert.NotEqual(t, "all", r.name)
		assert.True(t, strings.HasSuffix(r.what, "."), "%s: a sentence", r.name)
		assert.NotNil(t, r.do)
		assert.LessOrEqual(t, r.short, r.long, r.name)
		seen[r.name] = true
	}
}

func TestSectionSaysAll(t *testing.T) {
	t.Parallel()
	r := run{name: "storm", what: "Many."}
	at := place{commit: "abc+dirty", machine: "linux/amd64, 2 cores", date: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}
	out := outcome{parameters: "7 of them", head: []string{"a", "b"}, rows: [][]string{{"1|2", "3"}}}
	out.note("a note")
	text := section(r, options{seed: 5, n: 7}, at, 90*time.Second, out)
	for _, part := range []string{
		"## storm\n", "Many.", "`go run ./internal/long -seed 5 -n 7 storm`", "7 of them", "2026-01-02 03:04 UTC", "abc+dirty",
		"linux/amd64, 2 cores", "1m30s", "**passed**", `| 1\|2 | 3 |`, "- a note\n", "Findings: none.",
	} {
		assert.Contains(t, text, part)
	}
	out.find("%d zombies\nof two lines", 3)
	text = section(r, options{}, at, 0, out)
	assert.Contains(t, text, "**failed**, with 1 finding |")
	assert.Contains(t, text, "- 3 zombies\n  of two lines\n")
	assert.NotContains(t, text, "none")
	r.unseeded = true
	assert.Contains(t, section(r, options{seed: 5, each: time.Minute}, at, 0, out), "`go run ./internal/long -each 1m0s storm`")
}

func TestRecordKeepsTheNewestOfEach(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "docs"), 0o755))
	read := func() string {
		text, err := os.ReadFile(filepath.Join(root, "docs", "long-runs.md"))
		require.NoError(t, err)
		return strings.TrimPrefix(string(text), preface)
	}
	for _, step := range []struct{ name, text, want string }{
		{"a", "## a\n\nold\n", "\n## a\n\nold\n"},
		{"b", "## b\n\nfirst\n", "\n## a\n\nold\n\n## b\n\nfirst\n"},
		{"c", "## c\n\nlast\n", "\n## a\n\nold\n\n## b\n\nfirst\n\n## c\n\nlast\n"},
		{"b", "## b\n\nsecond\n", "\n## a\n\nold\n\n## b\n\nsecond\n\n## c\n\nlast\n"},
		{"a", "## a\n\nnew\n", "\n## a\n\nnew\n\n## b\n\nsecond\n\n## c\n\nlast\n"},
		{"c", "## c\n\nnewest\n", "\n## a\n\nnew\n\n## b\n\nsecond\n\n## c\n\nnewest\n"},
	} {
		require.NoError(t, record(root, step.name, step.text))
		require.Equal(t, step.want, read())
	}
}
