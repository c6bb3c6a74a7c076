package procactor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// Readiness says when a [Daemon] is up: by one of Line, Probe and Command. The
// zero Readiness is that it is up as soon as it was started.
//
// A program that ends before it is ready has failed to start, at once; so has
// one that is not ready in time, which is then stopped.
type Readiness struct {
	// Line reports whether a line of stdout, without its end, says that it is
	// ready, such as MatchString of a *regexp.Regexp. Of long lines it sees the
	// first 8 KiB. If it panics, the line says nothing; the log tells the
	// first such panic, and a start that is late the last.
	Line func(line string) bool
	// Probe is asked again and again until it returns nil; package
	// procactor/ready has some. It should return when its ctx ends: one that
	// has not two seconds later is left behind. A panic is a failed try, with
	// an error that wraps an *[actor.PanicError].
	Probe func(ctx context.Context) error
	// Command is a program, and its arguments, that is run again and again
	// until it exits with status 0, in the environment and the directory of
	// the Daemon. It is killed, with its group, when the time is over.
	Command []string
	// Timeout bounds the time from the start; zero means 30 seconds.
	Timeout time.Duration
	// Interval is the time from the end of one try of Probe or Command to the
	// next; zero means 100 milliseconds.
	Interval time.Duration
}

const defaultProbeInterval = 100 * time.Millisecond

// check returns the first mistake.
func (r Readiness) check() error {
	ways := 0
	for _, set := range []bool{r.Line != nil, r.Probe != nil, r.Command != nil} {
		if set {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("Daemon.Ready has more than one of Line, Probe and Command")
	case r.Command != nil && (len(r.Command) == 0 || r.Command[0] == ""):
		return errors.New("Daemon.Ready.Command names no program")
	case r.Timeout < 0 || r.Interval < 0:
		return errors.New("Daemon.Ready has a negative Timeout or Interval")
	}
	return nil
}

// lateError says what was waited for, and why it did not come.
func (r Readiness) late(last error) error {
	limit := orDefault(r.Timeout, defaultStartTimeout)
	switch {
	case r.Line != nil && last != nil:
		return fmt.Errorf("%w: within %v no line on stdout said that it is: Readiness.Line: %w", ErrStartTimeout, limit, last)
	case r.Line != nil:
		return fmt.Errorf("%w: within %v no line on stdout said that it is", ErrStartTimeout, limit)
	case last != nil:
		return fmt.Errorf("%w: still not after %v: %w", ErrStartTimeout, limit, last)
	}
	return fmt.Errorf("%w: still not after %v", ErrStartTimeout, limit)
}

// awaitReady waits until the program is ready, or for a reason why it will not
// be.
func (r *daemonRun) awaitReady(ctx context.Context) error {
	ready := r.daemon.Ready
	var came <-chan struct{}
	tried := &lastError{}
	switch {
	case r.line != nil:
		came, tried = r.line.came, &r.line.panicked
	case ready.Probe != nil || ready.Command != nil:
		trying, cancel := context.WithCancel(r.life.Own(context.Background()))
		done, over := make(chan struct{}), make(chan struct{})
		came = done
		go func() {
			defer close(over)
			r.probe(trying, tried, done)
		}()
		defer func() {
			cancel()
			if !waitFor(over, drainBound) {
				record.ReadyTryLeft.Log(r.log())
			}
		}()
	default:
		return nil // if it has ended by now, that is a crash after a start
	}
	limit := time.NewTimer(orDefault(ready.Timeout, defaultStartTimeout))
	defer limit.Stop()
	select {
	case <-came:
		return nil
	case <-r.exited:
		return errExited
	case <-ctx.Done():
		return actor.ContextError(ctx)
	case <-r.life.Context().Done():
		return context.Cause(r.life.Context())
	case <-limit.C:
		return ready.late(tried.get())
	}
}

// lastError is the error of the last try that came to its end.
type lastError struct {
	mu  sync.Mutex
	err error
}

func (l *lastError) set(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *lastError) get() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// probe tries until it succeeds, and then closes done, or ctx ends.
func (r *daemonRun) probe(ctx context.Context, tried *lastError, done chan<- struct{}) {
	ready := r.daemon.Ready
	try := ready.Probe
	if try == nil {
		try = r.probeCommand
	}
	told := false
	panicked := func(crash *actor.PanicError) {
		if !told { // each try may panic in the same way
			told = true
			record.ReadyProbePanicked.Log(r.log(), record.Panic(crash.Value), record.Stack(crash.Stack))
		}
	}
	for {
		err := triedOnce(ctx, try, panicked)
		if err == nil {
			close(done)
			return
		}
		if ctx.Err() != nil {
			return
		}
		tried.set(err)
		pause := time.NewTimer(orDefault(ready.Interval, defaultProbeInterval))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

// triedOnce makes an error of a panic, of a goroutine that is ended, and of an
// error one that can be looked into.
func triedOnce(ctx context.Context, try func(context.Context) error, panicked func(*actor.PanicError)) (err error) {
	if fault := foreign.Survive(func() { err = actor.Sound(try(ctx)) }); fault != nil {
		crash := panicOf(fault)
		panicked(crash)
		return fmt.Errorf("Readiness.Probe: %w", crash)
	}
	return err
}

// lineWatch looks for a line in what passes.
type lineWatch struct {
	to    io.Writer
	match func(string) bool
	log   *slog.Logger
	came  chan struct{} // closed when the line has come

	panicked lastError // of match

	part []byte // of a line whose end has not come; by one writer at a time
	over bool
}

func newLineWatch(to io.Writer, match func(string) bool, log *slog.Logger) *lineWatch {
	return &lineWatch{to: to, match: match, log: log, came: make(chan struct{})}
}

// says asks match. A panic, or the end of its goroutine, is a no.
func (l *lineWatch) says(line string) (yes bool) {
	fault := foreign.Survive(func() { yes = l.match(line) })
	if fault == nil {
		return yes
	}
	crash := panicOf(fault)
	if l.panicked.get() == nil {
		record.ReadyLinePanicked.Log(l.log, record.Panic(crash.Value), record.Stack(crash.Stack))
	}
	l.panicked.set(crash)
	return false
}

// Write looks first, since to may be slow.
func (l *lineWatch) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && !l.over; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		l.part = append(l.part, line[:min(len(line), longLine-len(l.part))]...)
		if !ended {
			break
		}
		if l.says(string(bytes.TrimRight(l.part, "\r"))) {
			l.over = true
			close(l.came)
		}
		l.part = l.part[:0]
	}
	if l.over {
		l.part = nil
	}
	return l.to.Write(p)
}
