package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/tree"
)

// bound is for a program that ends by itself: far more than it needs.
const bound = 2 * time.Minute

// smallTree writes a tree of n files, one that does not parse, and one below
// testdata.
func smallTree(t *testing.T, n int) (src string) {
	t.Helper()
	src = t.TempDir()
	write := func(path, content string) {
		path = filepath.Join(src, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	for i := range n {
		write(fmt.Sprintf("p%d/f%d.go", i%7, i), fmt.Sprintf("package p\n\nfunc f%d(a, b bool) {\n%s}\n", i, strings.Repeat("\tif a && b {\n\t}\n", i%13)))
	}
	write("z/bad.go", "package p\nfunc (\n")
	write("z/testdata/no.go", "neither counted nor listed")
	return src
}

// runProgram runs the program and returns what it printed.
func runProgram(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// Guarantee(crash): Workers that die of SIGKILL, a segmentation fault or poison change no byte of the quickstart's table, and every death is reported.
func TestJSONOfTheProgram(t *testing.T) {
	t.Parallel()
	src := smallTree(t, 200)
	files, err := tree.Files(src)
	require.NoError(t, err)
	want, err := inOneGoroutine(t.Context(), measure, src, files, nil)
	require.NoError(t, err)

	stdout, stderr, err := runProgram(t, "-json", "-src", src, "-workers", "3")
	require.NoError(t, err, stderr)
	assert.Empty(t, stderr)
	var got struct {
		Files, Functions, Lines, Workers *int
		Longest                          map[string]any
		MostComplex                      map[string]any `json:"most_complex"`
		Deaths                           []struct {
			PID   int
			Cause string
		}
		Poison         []struct{ Kind, Goroutine, Proctor string }
		Identical      *bool
		FilesPerSecond float64 `json:"files_per_second"`
		Speedup        float64
	}
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&got))
	assert.False(t, decoder.More(), "one object")

	sum := want.Table.Totals()
	assert.Equal(t, 200, *got.Files)
	assert.Equal(t, []int{sum.Files, sum.Functions, sum.Lines, 3}, []int{*got.Files, *got.Functions, *got.Lines, *got.Workers})
	longest, hardest := want.Table.Longest(1)[0], want.Table.MostComplex(1)[0]
	assert.Equal(t, map[string]any{"file": longest.File, "name": longest.Name, "value": float64(longest.Value)}, got.Longest)
	assert.Equal(t, map[string]any{"file": hardest.File, "name": hardest.Name, "value": float64(hardest.Value)}, got.MostComplex)
	assert.True(t, *got.Identical)
	assert.Positive(t, got.FilesPerSecond)
	assert.Positive(t, got.Speedup)

	causes, pids := make(map[string]int), make(map[int]bool)
	for _, death := range got.Deaths {
		pids[death.PID] = true
		for _, cause := range []string{"segmentation violation", "that we did not send", "stack overflow", "concurrent map", "by us"} {
			if strings.Contains(death.Cause, cause) {
				causes[cause]++
			}
		}
	}
	assert.Len(t, pids, len(got.Deaths))
	assert.Equal(t, map[string]int{"segmentation violation": 1, "that we did not send": 1, "stack overflow": 3, "concurrent map": 3, "by us": 1}, causes)

	require.Len(t, got.Poison, len(poison.Kinds()))
	for i, ends := range [][2]string{
		{"fatal error: stack overflow", "fatal error: stack overflow"},
		{"fatal error: concurrent map", "fatal error: concurrent map"},
		{"still running after 2s", "context deadline exceeded"},
	} {
		assert.Equal(t, string(poison.Kinds()[i]), got.Poison[i].Kind)
		assert.Contains(t, got.Poison[i].Goroutine, ends[0])
		assert.Contains(t, got.Poison[i].Proctor, ends[1])
	}
}

// The smallest tree has every fault too.
func TestTextOfTheProgram(t *testing.T) {
	t.Parallel()
	stdout, stderr, err := runProgram(t, "-src", smallTree(t, 1), "-workers", "2")
	require.NoError(t, err, stderr)
	for _, want := range []string{
		"1 files, 1 functions, 4 lines\n",
		"do not parse (1, not in the table)\n  z/bad.go:3:1: ",
		"workers that died: 9\n",
		"the same, to the byte\n",
	} {
		assert.Contains(t, stdout, want)
	}
}

func TestTreeWithoutGoFiles(t *testing.T) {
	t.Parallel()
	stdout, stderr, err := runProgram(t, "-src", t.TempDir())
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, statusFailed, exit.ExitCode())
	assert.Contains(t, stderr, "there is no Go file below ")
	assert.Empty(t, stdout)
}
