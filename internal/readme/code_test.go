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

// Every Go block of the README stands, letter by letter, in a Go file of the
// repository, so that it compiles and is run.
func TestReadmeCodeIsReal(t *testing.T) {
	t.Parallel()
	top := filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	require.NoError(t, err)
	blocks := goBlocks(string(readme))
	require.NotEmpty(t, blocks)
	var sources []string
	err = fs.WalkDir(os.DirFS(filepath.Join(top, "examples")), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(top, "examples", name))
		sources = append(sources, string(text))
		return err
	})
	require.NoError(t, err)
	all := strings.Join(sources, "\n")
	for _, block := range blocks {
		assert.Contains(t, all, block)
	}
}

// goBlocks returns the fenced blocks of a document that are Go.
func goBlocks(doc string) []string {
	var blocks []string
	for {
		_, rest, ok := strings.Cut(doc, "\n```go\n")
		if !ok {
			return blocks
		}
		block, after, ok := strings.Cut(rest, "\n```\n")
		if !ok {
			return append(blocks, rest)
		}
		blocks, doc = append(blocks, block), after
	}
}

func TestGoBlocks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a", "b\nc"}, goBlocks("x\n```go\na\n```\n```sh\nno\n```\n```go\nb\nc\n```\n"))
}
