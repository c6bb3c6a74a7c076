package stdio

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// LineWatch is a writer that looks for a line in what passes through it.
type LineWatch struct {
	to     io.Writer
	match  func(string) bool
	stream string
	log    *slog.Logger
	came   chan struct{} // closed when the line has come

	panicked atomic.Pointer[actor.PanicError] // the last of match

	mu   sync.Mutex // protects the following
	part []byte     // of a line whose end has not come
	over bool
}

// NewLineWatch makes a watch in front of a writer for a line that match says yes
// to, of which it sees the first 8 KiB. A panic of match is a no; the log tells of
// the first one, by the name of the stream.
func NewLineWatch(to io.Writer, match func(string) bool, stream string, log *slog.Logger) *LineWatch {
	return &LineWatch{to: to, match: match, stream: stream, log: log, came: make(chan struct{})}
}

// Write implements [io.Writer]. It looks first, since the writer behind it may be
// slow, and returns what that does. One goroutine at a time calls it.
func (l *LineWatch) Write(p []byte) (int, error) {
	l.look(p)
	return l.to.Write(p)
}

func (l *LineWatch) look(p []byte) {
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

// End takes what the stream ended with for a line. Any goroutine may call it, also
// several times.
func (l *LineWatch) End() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over && len(l.part) > 0 {
		l.line()
	}
}

// line asks about the line that is there; with l.mu held.
func (l *LineWatch) line() {
	if l.says(string(bytes.TrimRight(l.part, "\r"))) {
		l.over, l.part = true, nil
		close(l.came)
		return
	}
	l.part = l.part[:0]
}

// Found is closed when the line has come.
func (l *LineWatch) Found() <-chan struct{} { return l.came }

// Err is the last panic of match, nil when there was none. It waits for nothing,
// not even for a match that hangs.
func (l *LineWatch) Err() error {
	if p := l.panicked.Load(); p != nil {
		return p
	}
	return nil
}

// says asks match. A panic, or the end of its goroutine, is a no.
func (l *LineWatch) says(line string) (yes bool) {
	fault := foreign.Survive(func() { yes = l.match(line) })
	if fault == nil {
		return yes
	}
	crash := PanicOf(fault)
	if l.panicked.Load() == nil {
		record.ReadyLinePanicked.Log(l.log, record.Stream(l.stream), record.Panic(crash.Value), record.Stack(crash.Stack))
	}
	l.panicked.Store(crash)
	return false
}
