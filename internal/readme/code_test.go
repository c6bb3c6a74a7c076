package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every Go block of these pages stands, letter by letter, in a Go file of the
// examples, so that it compiles and is run; and every YAML block is one of
// their files.
func TestCodeOfPagesIsReal(t *testing.T) {
	t.Parallel()
	top := filepath.Join("..", "..")
	all := map[string]string{}
	for _, ext := range []string{".go", ".yaml"} {
		all[ext] = examples(t, ext)
	}
	for _, name := range []string{"README.md", "docs/recipes.md"} {
		page, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		require.NoError(t, err)
		code := blocks(string(page), "go")
		require.NotEmpty(t, code)
		for _, block := range code {
			assert.Contains(t, all[".go"], "\n"+block+"\n", name)
			assert.NotContains(t, block, "t.Fatal", "%s: a recipe is no test", name)
		}
		for _, block := range blocks(string(page), "yaml") {
			assert.Contains(t, all[".yaml"], "\n"+block+"\n", name)
		}
	}
}

// A page of ten kilobytes is read; one of fifty was not.
func TestReadmeIsOnePage(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	assert.LessOrEqual(t, info.Size(), int64(10_000))
}

// examples returns the files below examples with an ending, one after the other.
func examples(t *testing.T, ext string) string {
	t.Helper()
	var all strings.Builder
	dir := os.DirFS(filepath.Join("..", "..", "examples"))
	require.NoError(t, fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ext {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		all.WriteString("\n")
		all.Write(text)
		return err
	}))
	return all.String()
}

// blocks returns the fenced blocks of a document in a language.
func blocks(doc, language string) []string {
	var all []string
	for {
		_, rest, ok := strings.Cut(doc, "\n```"+language+"\n")
		if !ok {
			return all
		}
		block, after, ok := strings.Cut(rest, "\n```")
		if !ok {
			return append(all, rest)
		}
		all, doc = append(all, block), after
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	doc := "x\n```go\na\n```\n```sh\nno\n```\n```go\nb\nc\n```\n"
	assert.Equal(t, []string{"a", "b\nc"}, blocks(doc, "go"))
	assert.Equal(t, []string{"no"}, blocks(doc, "sh"))
}
