package alone

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
)

// panicMark is the path for which the children of this test panic.
const panicMark = "panic.go"

func TestMain(m *testing.M) {
	debug.SetMaxStack(analyze.MaxStack)
	task := analyze.New(nil)
	Main(func(ctx context.Context, in analyze.Request) (analyze.Result, error) {
		if in.Path == panicMark {
			panic("an ordinary panic")
		}
		return task(ctx, in)
	})
	goleak.VerifyTestMain(m)
}

// patience is for children that end by themselves: far more than they need.
const patience = time.Minute

// Guarantee(crash): Each poison input of the quickstart ends or hangs a program that runs it as a goroutine, in spite of its recover.
func TestPoisonAsGoroutine(t *testing.T) {
	tests := []struct {
		kind poison.Kind
		wait time.Duration
		want string
	}{
		{poison.DeepNesting, patience, "fatal error: stack overflow"},
		{poison.ConcurrentMap, patience, "fatal error: concurrent map "},
		{poison.Endless, 300 * time.Millisecond, "still running after 300ms"},
	}
	require.Len(t, tests, len(poison.Kinds()))
	for _, tt := range tests {
		t.Run(string(tt.kind), func(t *testing.T) {
			in, err := tt.kind.Write(t.TempDir())
			require.NoError(t, err)
			fate, err := Run(t.Context(), in, tt.wait)
			require.NoError(t, err)
			assert.Contains(t, fate.String(), tt.want)
			assert.Positive(t, fate.PID)
			assertGone(t, fate.PID)
		})
	}
}

func TestSegmentationFaultAsGoroutine(t *testing.T) {
	fate, err := Run(t.Context(), analyze.Request{Crash: true}, patience)
	require.NoError(t, err)
	assert.False(t, fate.Running)
	assert.Contains(t, fate.Text, "unexpected fault address 0x8000")
	assert.Contains(t, fate.Text, "fatal error: fault")
}

func TestOrdinaryEndings(t *testing.T) {
	src := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(src, "a.go"), []byte("package p\n"), 0o600))
	for path, want := range map[string]string{
		"a.go":    "exit status 0",
		"none.go": "exit status 1", // a typed error
		panicMark: "exit status 3", // recovered
	} {
		fate, err := Run(t.Context(), analyze.Request{Src: src, Path: path}, patience)
		require.NoError(t, err)
		assert.Equal(t, want, fate.String(), path)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	in, err := poison.Endless.Write(t.TempDir())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = Run(ctx, in, patience)
	assert.ErrorIs(t, err, context.DeadlineExceeded)

	_, err = Run(ctx, in, patience) // ended before the start
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestHeadKeepsTheBeginning(t *testing.T) {
	var h head
	for range 3 {
		n, err := h.Write(make([]byte, maxStderr-1))
		require.NoError(t, err)
		assert.Equal(t, maxStderr-1, n)
	}
	assert.Len(t, h.bytes, maxStderr)
}
