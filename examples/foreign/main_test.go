package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

func TestBuildsAndCallsTheWorker(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, start(t.Context(), nil, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	assert.Equal(t, `"a worker process, called like a function": 7 words, 33 letters`, lines[0])
	assert.Equal(t, `"über alle Grenzen": 3 words, 15 letters`, lines[1])
	assert.Contains(t, lines[2], `task "translate"`)
	assert.Contains(t, lines[2], "the worker has only the tasks count")
}

func TestTakesTheWorkerAtAPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mine.exe")
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./worker").CombinedOutput()
	require.NoError(t, err, string(built))
	var out strings.Builder
	require.NoError(t, start(t.Context(), []string{path}, &out))
	assert.Contains(t, out.String(), "7 words")

	person, err := exec.CommandContext(t.Context(), path).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(person), "for another program to start")
}

func TestNoWorkerAtThePath(t *testing.T) {
	t.Parallel()
	err := start(t.Context(), []string{filepath.Join(t.TempDir(), "none")}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	var failed *actor.StartError
	assert.ErrorAs(t, err, &failed)
}
