// Package record has all records that the library logs: their levels, their
// messages, and the attributes that each may have. docs/logs.md is made of it,
// and nobody else calls a logger.
package record

import (
	"context"
	"log/slog"
	"runtime"
	"time"
)

// Log writes the record, with the place of the caller as its source.
func (k Kind) Log(log *slog.Logger, attrs ...slog.Attr) {
	row := k.Row()
	write(log, row.Level, row.Message, attrs)
}

// Line writes a line of somebody's output as the message of the record.
func (k Kind) Line(log *slog.Logger, line string, attrs ...slog.Attr) {
	write(log, k.Row().Level, line, attrs)
}

// Enabled reports whether the logger takes such a record.
func (k Kind) Enabled(log *slog.Logger) bool {
	return log.Enabled(context.Background(), k.Row().Level)
}

func write(log *slog.Logger, level slog.Level, message string, attrs []slog.Attr) {
	ctx := context.Background()
	if !log.Enabled(ctx, level) {
		return
	}
	const callers = 3 // runtime.Callers, write, and Log
	var pc [1]uintptr
	runtime.Callers(callers, pc[:])
	r := slog.NewRecord(time.Now(), level, message, pc[0])
	r.AddAttrs(attrs...)
	_ = log.Handler().Handle(ctx, r) // as slog.Logger: a log that fails has nobody to tell
}
