package procactor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/byhand"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// errInterrupted is why a call by hand is canceled.
var errInterrupted = errors.New("interrupted by Ctrl-C")

// cliWorker is both sides of the wire in one process: the server that a worker
// is, and the workerLife that a parent has for it, joined by two pipes. What a task
// sees is what it sees when it is supervised; a debugger has one process to look
// at.
type cliWorker struct {
	host       *Process
	workerLife *workerLife
	boot       *boot
	server     server

	typed bool        // the task has a codec for its errors
	over  atomic.Bool // the call has ended; set-ups are cleaned up
}

// thisProcess is a worker that is in this process. Its workerLife is left before it
// would end it.
type thisProcess struct{}

func (thisProcess) Pid() int              { return os.Getpid() }
func (thisProcess) Wait() osproc.Status   { return osproc.Status{Code: byhand.ExitDone} }
func (thisProcess) Manner() osproc.Manner { return osproc.MannerUntold }
func (thisProcess) Sighted()              {}
func (thisProcess) Leaving() bool         { return false }
func (thisProcess) Terminate()            {}
func (thisProcess) Dump()                 {}
func (thisProcess) KillGroup()            {}

// newCLIWorker starts the server.
func newCLIWorker(c *catalog) (*cliWorker, error) {
	requestsR, requestsW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	repliesR, repliesW, err := os.Pipe()
	if err != nil {
		osproc.CloseAll(requestsR, requestsW)
		return nil, err
	}
	sys := actor.NewSystem()
	cell, life, err := actor.Begin(sys, "by-hand", func() *processCell {
		return &processCell{workerCell{dispatcher: newDispatcher(sys, "by-hand", mailbox.Config{}, 1)}}
	})
	if err != nil {
		osproc.CloseAll(requestsR, requestsW, repliesR, repliesW)
		return nil, err
	}
	frames := osproc.NewDuplex(repliesR, requestsW)
	s := &workerLife{
		leases: leases{dispatcher: cell.dispatcher, life: life}, child: spawned{running: thisProcess{}, frames: frames}, log: sys.Logger(),
		exited: make(chan struct{}), order: make(chan struct{}, 1),
	}
	cell.next = s
	w := &cliWorker{
		host: &Process{sys: sys, path: cell.dispatcher.path, dispatcher: cell.dispatcher}, workerLife: s,
		boot:   &boot{ours: wire.DefaultLimits(), done: make(chan struct{})},
		server: newServer(c, requestsR, repliesW, os.Stderr),
	}
	s.conn = link.New(frames, w.boot.ours.MaxBody, func(f wire.Frame) error { return s.takeBoot(w.boot, f) })
	go func() {
		defer close(s.exited)
		w.server.serve()
		// What is written to first: where a read cannot be interrupted, to close
		// its file waits for it.
		osproc.CloseAll(requestsW, requestsR, repliesW)
	}()
	return w, nil
}

// run makes the call and returns the exit code. It returns without waiting for
// the task when a second Ctrl-C came, or when the task went on with a canceled
// call for longer than a worker may: the end of the process ends it.
func (w *cliWorker) run(timeout time.Duration, call func(cliContext) error) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	pressed := ctrlC()
	done := make(chan int, 1)
	go func() { done <- w.bring(ctx, timeout, call) }()
	for {
		select {
		case code := <-done:
			return code
		case <-pressed:
			if w.over.Load() || ctx.Err() != nil {
				return byhand.ExitInterrupted
			}
			interrupt(cancel)
		case <-w.workerLife.order:
			if w.workerLife.limitsSuspended() {
				w.workerLife.askLater(pingInterval)
				continue
			}
			if o, ok := w.workerLife.ordered(); ok {
				complain(o.why)
				if ctx.Err() != nil {
					return byhand.ExitInterrupted
				}
				return byhand.ExitLate
			}
		}
	}
}

// ctrlC tells of each Ctrl-C.
func ctrlC() <-chan os.Signal {
	pressed := make(chan os.Signal, 2)
	if !signal.Ignored(os.Interrupt) { // otherwise the shell runs it in the background
		signal.Notify(pressed, os.Interrupt)
	}
	return pressed
}

// interrupt cancels the call.
func interrupt(cancel context.CancelCauseFunc) {
	complain(errors.New("interrupted: the task is canceled; Ctrl-C again ends the process"))
	cancel(errInterrupted)
}

// withCLITimeout is ctx with the time that the person gave it, if any.
func withCLITimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, fmt.Errorf("--timeout %v is over", timeout))
}

// bring brings the call to its end, and the server to its own.
func (w *cliWorker) bring(ctx context.Context, timeout time.Duration, call func(cliContext) error) int {
	err := w.ready(ctx)
	if err == nil {
		limited, cancel := withCLITimeout(ctx, timeout)
		err = call(cliContext{Context: limited, host: w.host})
		cancel()
	}
	code := w.report(ctx, err)
	w.over.Store(true)
	w.workerLife.act(osproc.ActStop, nil)
	<-w.workerLife.exited
	return code
}

// ready does the handshake, and returns when the set-up has run.
func (w *cliWorker) ready(ctx context.Context) error {
	s := w.workerLife
	w.workerLife.worker.StartTimeout = 1<<63 - 1 // a person has Ctrl-C
	err := s.sayHello(w.boot.ours)
	if err == nil {
		err = s.awaitReady(ctx, w.boot)
	}
	if err != nil {
		return err
	}
	s.hello = w.boot.hello
	s.life.Ready() // takes the workerLife into service
	return nil
}

// report tells the person how the call ended, and returns the exit code.
func (w *cliWorker) report(ctx context.Context, err error) int {
	if err == nil {
		return byhand.ExitDone
	}
	if show, ok := errors.AsType[*showError](err); ok {
		return notShown(show)
	}
	call, ended := errors.AsType[*actor.CallError](err)
	if !ended {
		complain(err)
		if ctx.Err() != nil {
			return byhand.ExitInterrupted
		}
		return byhand.ExitNotRun
	}
	complain(call.Err)
	own, isText := errors.AsType[*TaskError](err)
	switch {
	case ctx.Err() != nil:
		return byhand.ExitInterrupted
	case isText && own.Class == wire.ClassInput:
		return byhand.ExitMisused
	case isText && errors.Is(err, context.DeadlineExceeded) && isLate(call.Err), !isText && errors.Is(err, context.DeadlineExceeded):
		return byhand.ExitLate
	case call.Delivery != actor.Done:
		return byhand.ExitNotRun
	case w.typed && !isText:
		tellTyped(call.Err)
	}
	return byhand.ExitFailed
}

// isLate tells a call whose own context is over from a task that returned an
// error of another deadline: the first has the end of the context beside it.
func isLate(err error) bool {
	_, task := err.(*TaskError) //nolint:errorlint // bare: nothing beside it
	return !task
}

// tellTyped shows the JSON of a task's own error, if it has any.
func tellTyped(err error) {
	if line, err := codec.JSON[error]().Append(nil, err); err == nil && json.Valid(line) {
		fmt.Fprintf(os.Stderr, "%s\n", line)
	}
}
