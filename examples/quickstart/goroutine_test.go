package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/table"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/tree"
)

func TestInOneGoroutine(t *testing.T) {
	t.Parallel()
	src := t.TempDir()
	for path, content := range map[string]string{
		"a.go":              "package p\nfunc f(b bool) { if b {} }\n",
		"bad.go":            "package p\nfunc (\n",
		"sub/b.go":          "package p\n\nfunc g() {\n}\n",
		"sub/testdata/c.go": "not Go at all",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(src, path)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(src, path), []byte(content), 0o600))
	}
	files, err := tree.Files(src)
	require.NoError(t, err)

	run, err := inOneGoroutine(t.Context(), analyze.New(nil), src, files, nil)
	require.NoError(t, err)
	assert.Equal(t, table.Totals{Files: 2, Functions: 2, Lines: 6}, run.Table.Totals())
	assert.Equal(t, []table.Entry{{File: "sub/b.go", Name: "g", Value: 2, Line: 3}}, run.Table.Longest(1))
	assert.Equal(t, []table.Entry{{File: "a.go", Name: "f", Value: 2, Line: 2}}, run.Table.MostComplex(1))
	require.Len(t, run.Table.Broken(), 1)
	assert.Equal(t, "bad.go", run.Table.Broken()[0].File)
}

func TestInOneGoroutineEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := inOneGoroutine(ctx, analyze.New(nil), t.TempDir(), []string{"a.go"}, nil)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestFoldPassesOtherErrorsOn(t *testing.T) {
	t.Parallel()
	lost := errors.New("worker lost")
	_, err := fold(table.Table{}, analyze.Result{}, lost)
	assert.ErrorIs(t, err, lost)
}
