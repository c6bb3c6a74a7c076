package poison

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Under the default stack limit all three are files like any other.
func TestEachKindIsValidGo(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in, err := kind.Write(dir)
			require.NoError(t, err)
			assert.Equal(t, dir, in.Src)
			assert.False(t, in.Crash)
			content, err := os.ReadFile(filepath.Join(dir, in.Path))
			require.NoError(t, err)
			assert.Equal(t, kind.Content(), content)
			_, err = parser.ParseFile(token.NewFileSet(), in.Path, content, parser.AllErrors)
			assert.NoError(t, err)
		})
	}
}

func TestOnlyTheEndlessDoesNotEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		assert.Equal(t, kind != Endless, kind.EndsByItself(), "%s", kind)
	}
}

func TestUnknownKindHasNoContent(t *testing.T) {
	t.Parallel()
	assert.Nil(t, Kind("mild").Content())
}
