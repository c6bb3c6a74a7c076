package procactor

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/supervise"
)

// LogAttrs implements [supervise.Recorded]: they are what died, its process, how
// that ended, the calls that it ran then, and the stack of its panic.
func (e *ExitError) LogAttrs() []slog.Attr {
	var attrs []slog.Attr
	if e.who.Key != "" {
		attrs = append(attrs, e.who)
	}
	attrs = append(attrs, record.Process(e.PID))
	switch {
	case e.Signal != nil:
		attrs = append(attrs, record.Signal(osproc.SignalName(e.Signal)))
	case e.Code >= 0:
		attrs = append(attrs, record.Code(e.Code))
	}
	attrs = append(attrs, record.Calls(e.calls)...)
	if e.Panic != nil && len(e.Panic.Stack) > 0 {
		stack := e.Panic.Stack
		if e.redact != nil {
			stack = []byte(shownBy(e.redact, string(stack)))
		}
		attrs = append(attrs, record.Stack(stack))
	}
	return attrs
}

var _ supervise.Recorded = (*ExitError)(nil)

// callsIn are those calls that a dead worker had begun, or may have, when it had
// read so many of the bytes it was sent; in the order in which they came.
func callsIn(left []*link.Exchange, read uint64) []record.Call {
	slices.SortFunc(left, func(a, b *link.Exchange) int { return cmp.Compare(a.ID(), b.ID()) })
	var calls []record.Call
	for _, x := range left {
		if x.Started(read) {
			calls = append(calls, record.Call(x.Call))
		}
	}
	return calls
}

// tellEnd has the log tell of an end that no supervisor and no pool hears of,
// unless it was what somebody asked for.
func tellEnd(kind record.Kind, l *actor.Life, reason error, died *ExitError) {
	asked := l.StopRequested() != nil && (actor.IsNormal(reason) || errors.Is(reason, actor.ErrKilled))
	if l.Owned() || actor.IsNormal(reason) && died.Panic == nil || asked && died.Panic == nil {
		return
	}
	kind.Log(l.System().Logger(), append([]slog.Attr{record.PID(l.PID()), record.Reason(reason)}, died.LogAttrs()...)...)
}

// loggerOf returns the system's logger with attributes that all records of one
// process have.
func loggerOf(sys *actor.System, attrs ...slog.Attr) *slog.Logger {
	return withAttrs(sys.Logger(), attrs...)
}

func withAttrs(log *slog.Logger, attrs ...slog.Attr) *slog.Logger {
	return slog.New(log.Handler().WithAttrs(attrs))
}

func workerLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.WorkerLine, Dropped: record.WorkerLinesDropped}
}
func programLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.ProgramLine, Dropped: record.ProgramLinesDropped}
}
func commandLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.CommandLine, Dropped: record.CommandLinesDropped}
}
