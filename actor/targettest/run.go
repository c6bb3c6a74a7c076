package targettest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// row is one promise of a Target.
type row struct {
	name string
	run  func(k *kit)
}

// rows returns all rows in the order in which they run.
func rows() []row {
	return slices.Concat(callRows(), endingRows(), contextRows(), castRows(), watchRows(), restartRows(), overloadRows(), streamRows())
}

// Names returns the names of all rows, for those who want to read them.
func Names() []string {
	var names []string
	for _, r := range rows() {
		names = append(names, r.name)
	}
	return names
}

// Run runs every row that the fixture does not lack as a subtest, and holds
// what ran against the fixture's committed list.
func Run(t *testing.T, f Fixture) {
	t.Helper()
	require.NotNil(t, f.New, "Fixture.New")
	known := Names()
	for name, reason := range f.Lacks {
		assert.Contains(t, known, name, "Lacks names a row that is none")
		assert.NotEmpty(t, reason, "%s is lacking without a reason", name)
	}
	for name := range f.Provoke {
		assert.Contains(t, known, name, "Provoke names a row that is none")
	}
	var ran []string
	for _, r := range rows() {
		if _, lacking := f.Lacks[r.name]; lacking {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			r.run(&kit{T: t, row: r.name, fixture: &f})
			ran = append(ran, r.name)
		})
	}
	if f.Golden != "" && !filtered() && !t.Failed() {
		compare(t, &f, ran)
	}
}

// filtered reports whether only some subtests were asked for.
func filtered() bool {
	for _, name := range []string{"test.run", "test.skip"} {
		if f := flag.Lookup(name); f != nil && strings.Contains(f.Value.String(), "/") {
			return true
		}
	}
	return false
}

// compare holds what ran against the golden file.
func compare(t *testing.T, f *Fixture, ran []string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows run\n", len(ran))
	for _, name := range ran {
		fmt.Fprintf(&b, "  %s\n", name)
	}
	fmt.Fprintf(&b, "%d rows lacking\n", len(f.Lacks))
	for _, name := range slices.Sorted(maps.Keys(f.Lacks)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, f.Lacks[name])
	}
	if os.Getenv("PROCTOR_REWRITE") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(f.Golden), 0o755))
		require.NoError(t, os.WriteFile(f.Golden, []byte(b.String()), 0o600))
		return
	}
	want, err := os.ReadFile(f.Golden)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), b.String(), "the rows of this target have changed")
}
