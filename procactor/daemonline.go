package procactor

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"

	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// lineWatch looks for a line in what passes.
type lineWatch struct {
	to     io.Writer
	match  func(string) bool
	stream string
	log    *slog.Logger
	came   chan struct{} // closed when the line has come

	panicked lastError // of match

	mu   sync.Mutex // protects the following
	part []byte     // of a line whose end has not come
	over bool
}

func newLineWatch(to io.Writer, match func(string) bool, stream string, log *slog.Logger) *lineWatch {
	return &lineWatch{to: to, match: match, stream: stream, log: log, came: make(chan struct{})}
}

// Write looks first, since to may be slow.
func (l *lineWatch) Write(p []byte) (int, error) {
	l.look(p)
	return l.to.Write(p)
}

func (l *lineWatch) look(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := p; len(rest) > 0 && !l.over; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		l.part = append(l.part, line[:min(len(line), longLine-len(l.part))]...)
		if !ended {
			return
		}
		l.line()
	}
}

// end takes what the stream ended with for a line.
func (l *lineWatch) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over && len(l.part) > 0 {
		l.line()
	}
}

// line asks about the line that is there; with l.mu held.
func (l *lineWatch) line() {
	if l.says(string(bytes.TrimRight(l.part, "\r"))) {
		l.over, l.part = true, nil
		close(l.came)
		return
	}
	l.part = l.part[:0]
}

// says asks match. A panic, or the end of its goroutine, is a no.
func (l *lineWatch) says(line string) (yes bool) {
	fault := foreign.Survive(func() { yes = l.match(line) })
	if fault == nil {
		return yes
	}
	crash := panicOf(fault)
	if l.panicked.get() == nil {
		record.ReadyLinePanicked.Log(l.log, record.Stream(l.stream), record.Panic(crash.Value), record.Stack(crash.Stack))
	}
	l.panicked.set(crash)
	return false
}

// linesOver is closed at the end of the stream that is looked at; nil when none
// is.
func (r *daemonRun) linesOver() <-chan struct{} {
	if r.line == nil {
		return nil
	}
	return r.lineStream().done
}

// lineStream is the stream that is looked at.
func (r *daemonRun) lineStream() *capture {
	if _, _, stream := r.daemon.Ready.line(); stream == stderrName {
		return r.stderr
	}
	return r.stdout
}

// settleLines looks at what the program has written by now; whole: it has ended,
// and what it wrote last is a line. A writer of the Daemon's that is stuck is
// not waited for longer than at any end.
func (r *daemonRun) settleLines(ctx context.Context, whole bool) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		r.lineStream().drain()
	}()
	if r.within(ctx, read, drainBound) && whole {
		r.line.end()
	}
}
