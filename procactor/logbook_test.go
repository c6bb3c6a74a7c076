package procactor_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// logBook is a handler that has a test wait for records.
type logBook struct{ records chan slog.Record }

func newLogBook() logBook { return logBook{make(chan slog.Record, 1000)} }

func (l logBook) Enabled(_ context.Context, at slog.Level) bool { return at >= slog.LevelWarn }
func (l logBook) WithAttrs([]slog.Attr) slog.Handler            { return l }
func (l logBook) WithGroup(string) slog.Handler                 { return l }

func (l logBook) Handle(_ context.Context, r slog.Record) error {
	select {
	case l.records <- r:
	default: // the test has seen enough
	}
	return nil
}

// await waits for a record whose error has the text, and returns its level.
func (l logBook) await(t *testing.T, text string) slog.Level {
	t.Helper()
	for {
		r := wait(t, "the record of "+text, (<-chan slog.Record)(l.records))
		found := false
		r.Attrs(func(a slog.Attr) bool {
			found = a.Key == record.KeyReason && strings.Contains(a.Value.String(), text)
			return !found
		})
		if found {
			return r.Level
		}
	}
}

// startLogged starts a pool in a system that logs into the book.
func startLogged(t *testing.T, log logBook, w procactor.Worker, cfg procactor.PoolConfig) *procactor.Pool {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
	t.Cleanup(func() { require.NoError(t, sys.Close(context.Background())) })
	pool, err := procactor.StartPool(t.Context(), sys, "pool", w, cfg)
	require.NoError(t, err)
	return pool
}
