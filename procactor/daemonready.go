package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// Readiness says when a [Daemon] is up: by one of Line, StderrLine, Probe and
// Command. The zero Readiness is that it is up as soon as it was started.
//
// A program that ends before it is ready has failed to start, at once; so has
// one that is not ready in time, which is then stopped. What it said before it
// ended comes first: one whose last words are its ready line was up, and then
// ended.
type Readiness struct {
	// Line reports whether a line of stdout, without its end, says that it is
	// ready, such as MatchString of a *regexp.Regexp. What the stream ends with
	// is a line, too, also without a newline. Of long lines it sees the
	// first 8 KiB. If it panics, the line says nothing; the log tells the
	// first such panic, and a start that is late the last.
	Line func(line string) bool
	// StderrLine is Line for the lines of stderr.
	StderrLine func(line string) bool
	// Probe is asked again and again until it returns nil; package
	// procactor/ready has some. It should return when its ctx ends: one that
	// has not two seconds later is left behind. A panic is a failed try, with
	// an error that wraps an *[actor.PanicError]. A try that is under way when
	// the program ends counts if it succeeds within half a second.
	Probe func(ctx context.Context) error
	// Command is a program, and its arguments, that is run again and again
	// until it exits with status 0, in the environment and the directory of
	// the Daemon. It is killed, with its group, when the time is over. A run
	// that is under way when the program ends is as a try of Probe.
	Command []string
	// Timeout bounds the time from the start; zero means 30 seconds.
	Timeout time.Duration
	// Interval is the time from the end of one try of Probe or Command to the
	// next; zero means 100 milliseconds.
	Interval time.Duration
}

const defaultProbeInterval = 100 * time.Millisecond

// lastTry is how long a try may take that was under way when the program ended:
// its answer may be there already, and nobody has looked.
const lastTry = 500 * time.Millisecond

// check returns the first mistake.
func (d Daemon) check() error {
	if d.Grace < 0 && d.Grace != actor.BrutalKill {
		return fmt.Errorf("Daemon.Grace is %v: use 0 for the time of its supervisor, actor.BrutalKill for no TERM, or a positive duration", d.Grace)
	}
	return d.Ready.check()
}

// check returns the first mistake.
func (r Readiness) check() error {
	ways := 0
	for _, set := range []bool{r.Line != nil, r.StderrLine != nil, r.Probe != nil, r.Command != nil} {
		if set {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("Daemon.Ready has more than one of Line, StderrLine, Probe and Command")
	case r.Command != nil && (len(r.Command) == 0 || r.Command[0] == ""):
		return errors.New("Daemon.Ready.Command names no program")
	case r.Timeout < 0 || r.Interval < 0:
		return errors.New("Daemon.Ready has a negative Timeout or Interval")
	}
	return nil
}

// line is what looks for a line, and the name of the stream that it is for; nil
// when no line is waited for.
func (r Readiness) line() (match func(string) bool, field, stream string) {
	if r.StderrLine != nil {
		return r.StderrLine, "StderrLine", stdio.Stderr
	}
	return r.Line, "Line", stdio.Stdout
}

// late says what was waited for, and why it did not come.
func (r Readiness) late(last error) error {
	limit := cmp.Or(r.Timeout, defaultStartTimeout)
	match, field, stream := r.line()
	switch {
	case match != nil && last != nil:
		return fmt.Errorf("%w: within %v no line on %s said that it is: Readiness.%s: %w", ErrStartTimeout, limit, stream, field, last)
	case match != nil:
		return fmt.Errorf("%w: within %v no line on %s said that it is", ErrStartTimeout, limit, stream)
	case last != nil:
		return fmt.Errorf("%w: still not after %v: %w", ErrStartTimeout, limit, last)
	}
	return fmt.Errorf("%w: still not after %v", ErrStartTimeout, limit)
}

// sign is what says that a program is ready.
type sign struct {
	came  <-chan struct{} // closed when it has come
	tried func() error    // why not yet
	// settle returns, within a bound, when all is known that was said before it
	// was called; whole: nothing more will be.
	settle func(ctx context.Context, whole bool)
	close  func() // lets go of what looks for it
}

// sign begins to look for what the Daemon's Ready asks for; nil: nothing.
func (r *daemonRun) sign() *sign {
	switch {
	case r.line != nil:
		return &sign{came: r.line.Found(), tried: r.line.Err, settle: r.settleLines, close: func() {}}
	case r.daemon.Ready.Probe != nil || r.daemon.Ready.Command != nil:
		return r.probing()
	}
	return nil
}

// awaitReady waits until the program is ready, or for a reason why it will not
// be. What it said before it ended, or before its time was over, comes first,
// whatever of the two is noticed first.
func (r *daemonRun) awaitReady(ctx context.Context) error {
	sign := r.sign()
	if sign == nil {
		return nil // if it has ended by now, that is a crash after a start
	}
	defer sign.close()
	limit := time.NewTimer(cmp.Or(r.daemon.Ready.Timeout, defaultStartTimeout))
	defer limit.Stop()
	over := r.linesOver()
	for {
		select {
		case <-sign.came:
			return nil
		case <-over:
			over = nil
			r.line.End()
		case <-r.exited:
			if sign.settle(ctx, true); isClosed(sign.came) {
				return nil
			}
			return errExited
		case <-ctx.Done():
			return actor.ContextError(ctx)
		case <-r.life.Context().Done():
			return context.Cause(r.life.Context())
		case <-limit.C:
			if sign.settle(ctx, false); isClosed(sign.came) {
				return nil
			}
			return r.daemon.Ready.late(sign.tried())
		}
	}
}

// linesOver is closed at the end of the stream that is looked at; nil when none
// is.
func (r *daemonRun) linesOver() <-chan struct{} {
	if r.line == nil {
		return nil
	}
	return r.lineStream().Ended()
}

// lineStream is the stream that is looked at.
func (r *daemonRun) lineStream() *stdio.Capture {
	if _, _, stream := r.daemon.Ready.line(); stream == stdio.Stderr {
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
		r.lineStream().Drain()
	}()
	if r.within(ctx, read, drainBound) && whole {
		r.line.End()
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

// probeCommand is one run of Readiness.Command: it succeeded if it exits with
// status 0. It is a child of the System's as the program itself is, so that it
// does not outlive this process.
func (r *daemonRun) probeCommand(ctx context.Context) error {
	plan, err := planDaemon(r.daemon.Ready.Command, r.daemon.Env, r.daemon.Dir)
	if err != nil {
		return err
	}
	if plan.Keeper, err = guardian.SlotFor(r.sys, guardian.Command, guarding()); err != nil {
		return err
	}
	c, stdout, stderr, err := startPlain(plan, r.daemon.Ready.Command[0])
	if err != nil {
		return err
	}
	out, errs := stdio.NewCapture(stdout, false, nil, nil), stdio.NewCapture(stderr, true, nil, nil)
	stop := context.AfterFunc(ctx, c.KillGroup)
	status := c.Wait()
	stop()
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	out.Close(limit.Done())
	var known osproc.Facts
	known.SetStatus(status)
	end := osproc.Judge(known)
	if end.Clean() {
		return nil
	}
	e := newExitError(c.Pid(), end, errs.Close(limit.Done()))
	e.Program = plan.Path
	// Its text only: it would be taken for how the program itself ended.
	return errors.New(e.Error())
}

// probing begins to try.
func (r *daemonRun) probing() *sign {
	trying, cancel := context.WithCancel(r.life.Own(context.Background()))
	done, over := make(chan struct{}), make(chan struct{})
	tried := &lastError{}
	go func() {
		defer close(over)
		r.probe(trying, tried, done)
	}()
	return &sign{
		came: done, tried: tried.get,
		settle: func(ctx context.Context, whole bool) {
			if whole {
				r.within(ctx, over, lastTry)
			}
		},
		close: func() {
			cancel()
			if !waitFor(over, drainBound) {
				record.ReadyTryLeft.Log(r.log())
			}
		},
	}
}

// within waits for done, at most for d, and not while the start is not wanted
// any more. It reports whether done has come.
func (r *daemonRun) within(ctx context.Context, done <-chan struct{}, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	case <-ctx.Done():
	case <-r.life.Context().Done():
	}
	return isClosed(done)
}

// probe tries until it succeeds, and then closes done, or ctx or the program
// ends.
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
		if isClosed(r.exited) {
			return
		}
		pause := time.NewTimer(cmp.Or(ready.Interval, defaultProbeInterval))
		select {
		case <-pause.C:
		case <-r.exited:
			pause.Stop()
			return
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

// triedOnce makes an error of a panic, of a goroutine that is ended, and of an
// error one that can be looked into.
func triedOnce(ctx context.Context, try func(context.Context) error, panicked func(*actor.PanicError)) (err error) {
	if fault := foreign.Survive(func() { err = actor.SafeError(try(ctx)) }); fault != nil {
		crash := stdio.PanicOf(fault)
		panicked(crash)
		return fmt.Errorf("Readiness.Probe: %w", crash)
	}
	return err
}
