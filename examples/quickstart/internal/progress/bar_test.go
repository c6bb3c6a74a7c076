package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBar(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	bar := begin(&out, "one goroutine", 3)
	for range 4 { // one more than announced
		bar.Step()
	}
	bar.Close()
	want := "\rone goroutine            [" + strings.Repeat(" ", 30) + "]   0%" +
		"\rone goroutine            [" + strings.Repeat("=", 9) + strings.Repeat(" ", 21) + "]  33%" +
		"\rone goroutine            [" + strings.Repeat("=", 19) + strings.Repeat(" ", 11) + "]  66%" +
		"\rone goroutine            [" + strings.Repeat("=", 30) + "] 100%" +
		"\r\x1b[K"
	assert.Equal(t, want, out.String())
}

func TestBarDrawsAtMostOncePerPercent(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	bar := begin(&out, "many", 10_000)
	for range 10_000 {
		bar.Step()
	}
	assert.Equal(t, 101, strings.Count(out.String(), "\r"))
}

func TestNoTerminalNoBar(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	bar := New(file, "run", 2)
	bar.Step()
	bar.Close()
	require.NoError(t, file.Close())
	written, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Nil(t, bar)
	assert.Empty(t, written)
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	begin(&out, "none", 0).Step()
	assert.Contains(t, out.String(), "100%")
}
