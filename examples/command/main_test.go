package main

import (
	"context"
	"errors"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

func TestTheGoTree(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, start(t.Context(), nil, &out), out.String())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Greater(t, len(lines), 10, "a Go tree has more broken files than that")
	assert.Contains(t, lines[len(lines)-1], " 0 told apart")
}

func TestFilesOfOnesOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("good.go", "package good\n")
	require.ErrorContains(t, start(t.Context(), []string{dir}, nil), "no file below")
	write("one.go", "package one\n\nfunc {\n")
	write("moved.go", "package moved\n\n//line /elsewhere/origin.go:70\nvar x = = 3\n")
	write("none.txt", "no Go at all {")
	var out strings.Builder
	require.NoError(t, start(t.Context(), []string{dir}, &out), out.String())
	assert.Contains(t, out.String(), "one.go    3:6: expected 'IDENT', found '{'")
	assert.Contains(t, out.String(), "moved.go  70:")
	assert.Contains(t, out.String(), "2 broken files, 0 told apart")
}

func TestTellsADifference(t *testing.T) {
	t.Parallel()
	tree, err := goTree(t.Context())
	require.NoError(t, err)
	gofmt, err := findGofmt(tree)
	require.NoError(t, err)
	lie := &SyntaxError{Problems: []Problem{{Line: 1, Column: 1, Text: "all is lost"}}}
	var out strings.Builder
	err = compare(t.Context(), gofmt, []source{{"lie.go", []byte("package\n"), lie}}, &out)
	require.ErrorContains(t, err, "differ on 1 files")
	assert.Contains(t, out.String(), "go/format says: 1:1: all is lost")
	err = compare(t.Context(), gofmt, []source{{"good.go", []byte("package good\n"), lie}}, &out)
	require.ErrorContains(t, err, "gofmt took it")
	err = compare(t.Context(), filepath.Join(t.TempDir(), "gofmt"), []source{{"lie.go", nil, lie}}, &out)
	var missing *procactor.CommandError
	require.ErrorAs(t, err, &missing)
}

func TestFormatsLikeGoFormat(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	tree, err := goTree(ctx)
	require.NoError(t, err)
	gofmt, err := findGofmt(tree)
	require.NoError(t, err)
	sys := actor.NewSystem()
	defer func() { require.NoError(t, sys.Close(context.Background())) }()
	host, err := procactor.StartCommands(ctx, sys, "gofmt", procactor.Commands{})
	require.NoError(t, err)
	task := formatTask(gofmt)
	paths, err := filepath.Glob(filepath.Join(tree, "src", "sort", "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		ugly := []byte(strings.ReplaceAll(string(text), "\n\t", "\n  \t "))
		want, err := format.Source(ugly)
		require.NoError(t, err)
		got, err := task.On(host).Call(ctx, ugly)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), path)
	}

	_, err = task.On(host).Call(ctx, []byte("package p\nfunc f( {}\n"))
	call, ok := errors.AsType[*actor.CallError](err)
	require.True(t, ok)
	assert.Equal(t, actor.Done, call.Delivery)
	syntax, ok := errors.AsType[*SyntaxError](err)
	require.True(t, ok)
	assert.Equal(t, 2, syntax.Problems[0].Line)
}

func TestReadsWhatGofmtSays(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, readErrors(nil), "does not say why")
	assert.ErrorContains(t, readErrors([]byte("flag provided but not defined\n")), "gofmt says")
	assert.Equal(t, &SyntaxError{Problems: []Problem{{"", 3, 1, "a: b"}, {"x.go", 7, 0, "c"}}}, readErrors([]byte("<standard input>:3:1: a: b\r\nx.go:7: c\n")))
}
