package stdio

import (
	"bytes"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/internal/backlog"
	"github.com/proctor-dev/proctor/internal/logrelay"
	"github.com/proctor-dev/proctor/internal/record"
)

const (
	logWindow = 32 << 10    // bytes of lines of a stream that wait for the log; a worker has two
	longLine  = 8 << 10     // a longer line is cut into several
	lineCost  = 32          // what a line takes in memory beside its bytes
	dropEvery = time.Second // how often at most the log tells of dropped lines
)

// LogLines is a writer that turns the output of a process into log lines.
// Writing never waits for the log: beyond a window lines are dropped, and the
// log says how much. The lines of a crash are kept back, see crashHold. Any
// goroutine may call its methods.
type LogLines struct {
	queue  *backlog.Backlog[logItem]
	log    *slog.Logger
	kinds  LineKinds
	stream string
	leave  chan struct{} // closed when nobody waits for the log any more
	left   sync.Once     // closes it

	mu      sync.Mutex // protects the following
	partial []byte
	hold    crashHold
	timer   *time.Timer // of the hold

	dropMu  sync.Mutex // protects the following; its holder does not log
	dropped int        // bytes that the log was not told of yet
	told    time.Time  // when it was told last
	pending bool       // a timer will have it told
	closing bool       // what is dropped now is told at once
}

// LineKinds are the kinds of the records, which say whose output it is.
type LineKinds struct {
	Line    record.Kind // of a line
	Dropped record.Kind // of how much was dropped
}

// logItem is a line for the log, or has it told of dropped ones.
type logItem struct {
	line string
	drop bool
}

// NewLogLines makes the writer for a stream, by its name, of the process that the
// logger is about.
func NewLogLines(log *slog.Logger, stream string, kinds LineKinds) *LogLines {
	l := &LogLines{kinds: kinds, stream: stream, leave: make(chan struct{})}
	l.log = logrelay.Patient(log, l.leave) // lines have a queue of their own
	l.queue = backlog.New(logWindow, l.handOver)
	return l
}

// handOver gives items to the log; on the goroutine of the queue.
func (l *LogLines) handOver(items iter.Seq[logItem], dropped int) {
	l.drop(dropped)
	for item := range items {
		if item.drop {
			l.dropMu.Lock()
			l.pending = false
			l.dropMu.Unlock()
			continue
		}
		l.kinds.Line.Line(l.log, item.line, record.Stream(l.stream))
	}
	if bytes := l.toTell(time.Now()); bytes > 0 {
		l.kinds.Dropped.Log(l.log, record.Stream(l.stream), record.Bytes(bytes))
	}
}

// drop counts bytes of lines that were dropped.
func (l *LogLines) drop(bytes int) {
	l.dropMu.Lock()
	defer l.dropMu.Unlock()
	l.dropped += bytes
}

// toTell returns how many dropped bytes the log is to be told of now. Of those
// that it was not told of it is told later, without anybody's doing.
func (l *LogLines) toTell(now time.Time) (bytes int) {
	l.dropMu.Lock()
	defer l.dropMu.Unlock()
	switch wait := l.told.Add(dropEvery).Sub(now); {
	case l.dropped == 0:
		return 0
	case l.closing || wait <= 0:
		bytes, l.dropped, l.told = l.dropped, 0, now
		return bytes
	case !l.pending:
		l.pending = true
		time.AfterFunc(wait, func() { l.queue.Add(logItem{drop: true}, 0, 0) })
	}
	return 0
}

// Write takes p; it never fails.
func (l *LogLines) Write(p []byte) (int, error) {
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
func (l *LogLines) flush() {
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

// add takes a line, which may be one of a crash; with l.mu held.
func (l *LogLines) add(line string) {
	if l.stream != Stderr {
		l.enqueue(line)
		return
	}
	for _, line := range l.hold.take(time.Now(), line) {
		l.enqueue(line)
	}
	if due := l.hold.due(); !due.IsZero() && l.timer == nil {
		l.timer = time.AfterFunc(time.Until(due), l.expire)
	}
}

// expire logs what was kept back of a program that goes on living.
func (l *LogLines) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.release(l.hold.expire(time.Now()))
	l.timer = nil
	if due := l.hold.due(); !due.IsZero() {
		l.timer = time.AfterFunc(time.Until(due), l.expire)
	}
}

// release queues lines that were kept back; with l.mu held.
func (l *LogLines) release(lines []string, dropped int) {
	for _, line := range lines {
		l.enqueue(line)
	}
	if dropped > 0 {
		l.drop(dropped)
		l.queue.Add(logItem{drop: true}, 0, 0)
	}
}

// enqueue queues one line, or counts it as dropped.
func (l *LogLines) enqueue(line string) {
	size := len(line) + 1 // the end of the line counts: empty ones are not free
	l.queue.Add(logItem{line: line}, size+lineCost, size)
}

// End takes the end of the process in: the last line is logged, and what was
// kept back as well, unless that was a crash. It reports whether something was
// kept back that now only the record of the crash has.
func (l *LogLines) End(crashed bool) (hidden bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.flush()
	}
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	hidden = crashed && len(l.hold.held) > 0
	l.release(l.hold.end(crashed))
	return hidden
}

// Close logs what is left, and waits for the log, at most until limit; nil is
// without one. It does not wait for a log that is late: the lines go to where its
// records wait.
func (l *LogLines) Close(limit <-chan struct{}) {
	l.End(false)
	l.dropMu.Lock()
	l.closing = true
	l.dropMu.Unlock()
	l.queue.Add(logItem{drop: true}, 0, 0)
	idle := l.queue.Idle()
	select {
	case <-idle:
		return
	case <-limit:
	case <-logrelay.Late(l.log):
	}
	l.left.Do(func() { close(l.leave) })
	select {
	case <-idle:
	case <-limit:
	}
}

// The names of output streams, in the log and in texts.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)
