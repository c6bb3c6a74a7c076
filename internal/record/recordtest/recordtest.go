// Package recordtest holds a test's log against the table of all records.
package recordtest

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/internal/record"
)

// Checked returns a handler that passes everything on to next, and fails t for a
// record that is not in the table, or that has an attribute which the table does
// not give it, or lacks one that it does.
func Checked(t testing.TB, next slog.Handler) slog.Handler {
	return &checked{t: t, Handler: next}
}

// Nowhere returns a handler that takes all records and keeps none.
func Nowhere() slog.Handler { return nowhere{slog.DiscardHandler} }

type nowhere struct{ slog.Handler }

func (nowhere) Enabled(context.Context, slog.Level) bool { return true }
func (n nowhere) WithAttrs([]slog.Attr) slog.Handler     { return n }
func (n nowhere) WithGroup(string) slog.Handler          { return n }

type checked struct {
	slog.Handler
	t    testing.TB
	with []slog.Attr
}

// Handle implements [slog.Handler].
func (c *checked) Handle(ctx context.Context, r slog.Record) error {
	if wrong := Mistake(r, c.with...); wrong != "" {
		c.t.Errorf("record %q at %v: %s", r.Message, r.Level, wrong)
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (c *checked) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &checked{t: c.t, Handler: c.Handler.WithAttrs(attrs), with: append(slices.Clip(c.with), attrs...)}
}

// WithGroup implements [slog.Handler].
func (c *checked) WithGroup(name string) slog.Handler {
	c.t.Errorf("a group %q of attributes: no record has one", name)
	return c.Handler.WithGroup(name)
}

// Mistake says what is wrong with a record, which was made by a logger with
// those attributes; empty when there is a row for it.
func Mistake(r slog.Record, with ...slog.Attr) string {
	var keys []string
	for _, a := range with {
		keys = append(keys, a.Key)
	}
	r.Attrs(func(a slog.Attr) bool {
		keys = append(keys, a.Key)
		return true
	})
	// A line of somebody's output can have any text, and always has a stream.
	isLine := r.Level == slog.LevelInfo && slices.Contains(keys, record.KeyStream)
	wrong := "is not in the table"
	for _, row := range record.Rows() {
		if row.Level != r.Level || row.Message != r.Message && (!isLine || row.Message != record.AnyLine) {
			continue
		}
		if wrong = misfit(row, keys); wrong == "" {
			return ""
		}
	}
	return wrong
}

// misfit says which keys are too many or too few.
func misfit(row record.Row, keys []string) string {
	known := map[string]bool{} // whether it must be there
	for key := range strings.FieldsSeq(row.Attrs) {
		name, optional := strings.CutSuffix(key, "?")
		known[name] = !optional
	}
	seen := map[string]bool{}
	for _, key := range keys {
		if _, ok := known[key]; !ok {
			return "the table does not give it " + key
		}
		if seen[key] {
			return "it has twice " + key
		}
		seen[key] = true
	}
	for name, must := range known {
		if must && !seen[name] {
			return "it lacks " + name
		}
	}
	return ""
}
