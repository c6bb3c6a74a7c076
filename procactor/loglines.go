package procactor

import (
	"bytes"
	"log/slog"
	"sync"

	"github.com/proctor-dev/proctor/internal/backlog"
	"github.com/proctor-dev/proctor/internal/logrelay"
)

const (
	logWindow = 64 << 10 // bytes of lines that wait for the log
	longLine  = 8 << 10  // a longer line is cut into several
	lineCost  = 32       // what a line takes in memory beside its bytes
)

// logLines is a writer that turns a worker's output into log lines. Writing
// never waits for the log: beyond a window lines are dropped, and the log says
// how much.
type logLines struct {
	queue *backlog.Backlog[string]

	mu      sync.Mutex // protects the following
	partial []byte
}

func newLogLines(log *slog.Logger, stream string) *logLines {
	log = logrelay.Patient(log) // lines have a queue of their own
	return &logLines{queue: backlog.New(logWindow, func(lines []string, dropped int) {
		for _, line := range lines {
			log.Info(line, "stream", stream)
		}
		if dropped > 0 {
			log.Warn("output of a worker was dropped, since the log was slower", "stream", stream, "bytes", dropped)
		}
	})}
}

// Write takes p; it never fails.
func (l *logLines) Write(p []byte) (int, error) {
	n := len(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			l.partial = append(l.partial, p...)
			for len(l.partial) > longLine {
				l.add(string(l.partial[:longLine]))
				l.partial = append(l.partial[:0], l.partial[longLine:]...)
			}
			break
		}
		l.partial = append(l.partial, p[:i]...)
		p = p[i+1:]
		l.flush()
	}
	return n, nil
}

// flush makes a line of what is there; with l.mu held.
func (l *logLines) flush() {
	line := bytes.TrimRight(l.partial, "\r")
	for len(line) > longLine {
		l.add(string(line[:longLine]))
		line = line[longLine:]
	}
	l.add(string(line))
	l.partial = l.partial[:0]
	if cap(l.partial) > longLine {
		l.partial = nil
	}
}

// add queues one line, or counts it as dropped.
func (l *logLines) add(line string) {
	size := len(line) + 1 // the end of the line counts: empty ones are not free
	l.queue.Add(line, size+lineCost, size)
}

// close logs the last line, and waits for the log, at most until limit.
func (l *logLines) close(limit <-chan struct{}) {
	l.mu.Lock()
	if len(l.partial) > 0 {
		l.flush()
	}
	l.mu.Unlock()
	l.queue.Drain(limit)
}
