package stdio

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/internal/logrelay"
	"github.com/proctor-dev/proctor/internal/record"
)

// notes is a slog handler that keeps messages, and waits at the first one
// until it may go on.
type notes struct {
	slog.Handler
	first   chan struct{} // closed at the first message
	proceed chan struct{}
	once    sync.Once

	mu    sync.Mutex
	lines []string
	lost  int64
	told  int // how often
}

// taken is what has come so far.
func (n *notes) taken() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.lines...)
}

// WithAttrs implements [slog.Handler].
func (n *notes) WithAttrs([]slog.Attr) slog.Handler { return n }

func newNotes() *notes {
	return &notes{Handler: slog.DiscardHandler, first: make(chan struct{}), proceed: make(chan struct{})}
}

func (n *notes) Enabled(context.Context, slog.Level) bool { return true }

func (n *notes) Handle(_ context.Context, r slog.Record) error {
	n.once.Do(func() { close(n.first) })
	<-n.proceed
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Level == slog.LevelWarn {
		n.told++
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "bytes" {
				n.lost += a.Value.Int64()
			}
			return true
		})
		return nil
	}
	n.lines = append(n.lines, r.Message)
	return nil
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestLogLinesCutsLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		writes []string
		want   []string
	}{
		{"whole lines", []string{"a\nb\n"}, []string{"a", "b"}},
		{"in pieces", []string{"a", "b", "\nc"}, []string{"ab", "c"}},
		{"of Windows", []string{"a\r\nb\r\n"}, []string{"a", "b"}},
		{"empty", []string{"\n\n"}, []string{"", ""}},
		{"nothing", nil, nil},
		{"long", []string{strings.Repeat("x", longLine+3) + "\n"}, []string{strings.Repeat("x", longLine), "xxx"}},
		{"long without an end", []string{strings.Repeat("x", longLine), "yy"}, []string{strings.Repeat("x", longLine), "yy"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNotes()
			close(n.proceed)
			l := NewLogLines(slog.New(n), "stdout", workerKinds())
			for _, w := range tt.writes {
				size, err := l.Write([]byte(w))
				require.NoError(t, err)
				require.Equal(t, len(w), size)
			}
			l.Close(t.Context().Done())
			assert.Equal(t, tt.want, n.lines)
			assert.Zero(t, n.lost)
		})
	}
}

// Guarantee(memory): A stuck log takes no more than 64 KiB of a worker's lines and never delays the worker; what was dropped is counted.
func TestLogLinesDropAndSayHowMuch(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "x", strings.Repeat("y", 1000)} {
		t.Run(fmt.Sprint(len(line)), func(t *testing.T) {
			t.Parallel()
			const total = 64 << 10
			cost := 0
			for _, stream := range []string{Stdout, Stderr} {
				n := newNotes()
				l := NewLogLines(slog.New(n), stream, workerKinds())
				_, err := l.Write([]byte("first\n"))
				require.NoError(t, err)
				<-n.first // it is in the log, which is stuck now
				text := []byte(line + "\n")
				sent := len("first\n")
				for ; sent < 2*total; sent += len(text) {
					_, err := l.Write(text)
					require.NoError(t, err)
				}
				l.Close(closed()) // does not wait for what is stuck
				close(n.proceed)
				l.Close(t.Context().Done())
				kept := 0
				for _, line := range n.lines {
					kept += len(line) + 1
				}
				cost += kept + lineCost*len(n.lines) // an empty line is not free
				assert.Equal(t, int64(sent-kept), n.lost)
			}
			assert.LessOrEqual(t, cost, total, "of both streams")
			assert.Greater(t, cost, total-2*(len(line)+1+lineCost))
		})
	}
}

// The end of a process does not wait for a log that is late, and no line is lost
// that it hands on after all.
func TestLogLinesDoNotWaitForALateLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNotes()
		relay := logrelay.New(func() *slog.Logger { return slog.New(n) })
		for range 2 { // the first finds out that the log is late
			l := NewLogLines(relay.Logger(), "stdout", workerKinds())
			_, err := l.Write([]byte("a\nb\nc\n"))
			require.NoError(t, err)
			l.Close(nil) // returns, without any limit
		}
		relay.Logger().Info("ended")
		close(n.proceed)
		require.True(t, relay.Flush(t.Context()))
		assert.Equal(t, []string{"a", "b", "c", "a", "b", "c", "ended"}, n.taken())
	})
}

// workerKinds are the kinds of records that the tests look at.
func workerKinds() LineKinds { return LineKinds{record.WorkerLine, record.WorkerLinesDropped} }
