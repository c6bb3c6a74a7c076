package procactor

import (
	"bytes"
	"log/slog"
	"sync"
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
	log  *slog.Logger
	name string // of the stream

	mu      sync.Mutex // protects the following
	partial []byte
	queue   []string
	queued  int
	dropped int
	writing bool
	idle    chan struct{} // closed when the writer has nothing left; nil while idle
}

func newLogLines(log *slog.Logger, stream string) *logLines {
	return &logLines{log: log, name: stream}
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

// add queues one line, or counts it as dropped; with l.mu held.
func (l *logLines) add(line string) {
	size := len(line) + 1 // the end of the line counts: empty ones are not free
	if l.queued+size+lineCost > logWindow {
		l.dropped += size
	} else {
		l.queue = append(l.queue, line)
		l.queued += size + lineCost
	}
	if !l.writing {
		l.writing = true
		l.idle = make(chan struct{})
		go l.write()
	}
}

// write gives the queue to the log, and ends when it is empty.
func (l *logLines) write() {
	for {
		l.mu.Lock()
		lines, dropped := l.queue, l.dropped
		if len(lines) == 0 && dropped == 0 {
			l.writing = false
			close(l.idle)
			l.mu.Unlock()
			return
		}
		l.queue, l.queued, l.dropped = nil, 0, 0
		l.mu.Unlock()
		for _, line := range lines {
			l.log.Info(line, "stream", l.name)
		}
		if dropped > 0 {
			l.log.Warn("output of a worker was dropped, since the log was slower", "stream", l.name, "bytes", dropped)
		}
	}
}

// close logs the last line, and waits for the log, at most until limit.
func (l *logLines) close(limit <-chan struct{}) {
	l.mu.Lock()
	if len(l.partial) > 0 {
		l.flush()
	}
	idle, writing := l.idle, l.writing
	l.mu.Unlock()
	if !writing {
		return
	}
	select {
	case <-idle:
	case <-limit:
	}
}
