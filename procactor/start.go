package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// boot is what the handshake has brought so far; the goroutine that reads
// fills it in.
type boot struct {
	ours wire.Limits

	mu    sync.Mutex // protects the following
	hello wire.Hello
	heard bool
	ready bool
	err   error
	done  chan struct{} // closed when ready or err is set
	end   bool
}

func (b *boot) settle(err error) {
	if !b.end {
		b.end, b.err = true, err
		b.ready = err == nil
		close(b.done)
	}
}

// late says what has not come in time.
func (b *boot) late(limit time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end {
		return b.err // it has come in the same moment
	}
	if !b.heard {
		return fmt.Errorf("%w: no HELLO within %v; does it call procactor.Main first in main?", ErrStartTimeout, limit)
	}
	return fmt.Errorf("%w: no READY within %v", ErrStartTimeout, limit)
}

// take deals with one frame of the handshake.
func (s *workerLife) takeBoot(b *boot, f wire.Frame) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.ready:
		return fmt.Errorf("a second %s came", f.Kind)
	case f.Kind == wire.KindHello && !b.heard:
		hello, err := wire.ParseHello(f.Payload)
		if err == nil {
			_, err = wire.Agree(wire.Current(), hello.Version)
		}
		if err != nil {
			b.settle(&HandshakeError{Worker: s.life.PID().Name, Err: err})
			return err
		}
		b.heard, b.hello = true, hello
		agreed := b.ours.Min(hello.Limits.OrDefault())
		s.conn.Agree(agreed)
	case f.Kind == wire.KindReady && b.heard:
		if err := wire.ParseEmpty(f.Kind, f.Payload); err != nil {
			b.settle(&actor.ProtocolError{Peer: "worker " + s.life.PID().Name, Err: err})
			return err
		}
		s.conn.Greeted()
		b.settle(nil)
	case f.Kind == wire.KindBootError && b.heard:
		b.settle(&SetupError{Message: textOf(f.Payload)})
	default:
		err := fmt.Errorf("a %s came out of order", f.Kind)
		b.settle(&actor.ProtocolError{Peer: "worker " + s.life.PID().Name, Err: err})
		return err
	}
	return nil
}

// launch starts the process of a life and returns when it is ready. Whatever
// goes wrong is undone: no process, no goroutine, no descriptor is left.
//
// With the error of a start that a death of the process explains comes what that
// death means.
func launch(ctx context.Context, c *dispatcher, l *actor.Life, w Worker) (*workerLife, osproc.Death, error) {
	if err := w.check(); err != nil {
		return nil, osproc.DeathNone, err
	}
	ours, err := w.limits()
	if err != nil {
		return nil, osproc.DeathNone, err
	}
	w.place = l.PID().Name
	w.debugged = c.wantsDebugger(l.PID().Name, w)
	guarded, err := w.guard(c.sys)
	if err != nil {
		return nil, osproc.DeathNone, err
	}
	ch, err := w.spawn(guarded)
	if err != nil {
		guarded.Release()
		return nil, osproc.DeathNone, err
	}
	s := &workerLife{
		leases: leases{dispatcher: c, life: l}, worker: w, child: ch,
		log:    loggerOf(c.sys, record.Worker(l.PID().Name), record.Process(ch.Pid())),
		exited: make(chan struct{}), order: make(chan struct{}, 1),
	}
	s.announceDebug()
	s.openOutput()
	rw, wrong := channelOf(w, ch.frames)
	b := &boot{ours: ours, done: make(chan struct{})}
	s.conn = link.New(linkOf(rw), ours.MaxBody, func(f wire.Frame) error { return s.takeBoot(b, f) })
	go s.await()
	if wrong != nil {
		died, err := s.failedStart(wrong)
		return nil, died, err
	}
	if died, err := s.greet(ctx, b); err != nil {
		return nil, died, err
	}
	s.hello, s.up = b.hello, true
	s.child.Sighted()
	guarded.Await(ctx)
	return s, osproc.DeathNone, nil
}

// guard takes a place for the worker's process with the guard of the System.
func (w Worker) guard(sys *actor.System) (*guardian.Slot, error) {
	if w.inside != nil {
		return nil, nil
	}
	return guardian.SlotFor(sys, w.kind(), guarding())
}

// kind is what a guardian has to know of the worker.
func (w Worker) kind() guardian.Kind {
	if w.self {
		return guardian.Self
	}
	return guardian.Program
}

// openOutput connects the worker's stdout, stderr and crash channel.
func (s *workerLife) openOutput() {
	stdout, stderr := stdio.OneAtATime(s.worker.Stdout, s.worker.Stderr)
	if stdout == nil {
		l := stdio.NewLogLines(s.log, stdio.Stdout, workerLines())
		stdout, s.lines = l, append(s.lines, l)
	}
	if stderr == nil {
		l := stdio.NewLogLines(s.log, stdio.Stderr, workerLines())
		stderr, s.lines = l, append(s.lines, l)
	}
	s.stdout = stdio.NewCapture(s.child.stdout, false, stdout, stdio.LogBroken(s.log))
	s.stderr = stdio.NewCapture(s.child.stderr, true, stderr, stdio.LogBroken(s.log))
	s.crashText = stdio.NewCapture(s.child.crash, true, nil, nil)
}

// greet does the handshake; on failure it ends and buries the process.
func (s *workerLife) greet(ctx context.Context, b *boot) (osproc.Death, error) {
	err := s.sayHello(b.ours)
	if err == nil {
		err = s.awaitReady(ctx, b)
	}
	for errors.Is(err, ErrStartTimeout) && s.limitsSuspended() {
		err = s.awaitReady(ctx, b) // its time begins anew
	}
	if err == nil {
		return osproc.DeathNone, nil
	}
	return s.failedStart(err)
}

// sayHello sends the first frame, and has the answers read.
func (s *workerLife) sayHello(ours wire.Limits) error {
	return s.conn.Greet(wire.Hello{Version: wire.Current(), Limits: ours, Build: buildID()})
}

// errExited says that the process ended before it was ready.
var errExited = errors.New("the process ended before it was ready")

// awaitReady waits for READY or for a reason why it will not come.
func (s *workerLife) awaitReady(ctx context.Context, b *boot) error {
	limit := time.NewTimer(cmp.Or(s.worker.StartTimeout, defaultStartTimeout))
	defer limit.Stop()
	select {
	case <-b.done:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.err
	case <-s.exited:
		s.conn.ReadToEnd(drainBound) // it may have said why
		return s.endedEarly(b, errExited)
	case <-s.conn.Closed():
		if s.leaves() {
			return s.endedEarly(b, errExited)
		}
		return s.endedEarly(b, &HandshakeError{Worker: s.life.PID().Name, Err: errHungUp})
	case <-s.conn.WriteClosed():
		if s.leaves() {
			s.conn.ReadToEnd(drainBound)
			return s.endedEarly(b, errExited)
		}
		return s.endedEarly(b, &HandshakeError{Worker: s.life.PID().Name, Err: errHungUp})
	case <-ctx.Done():
		return actor.ContextError(ctx)
	case <-s.life.Context().Done():
		return context.Cause(s.life.Context())
	case <-limit.C:
		return b.late(cmp.Or(s.worker.StartTimeout, defaultStartTimeout))
	}
}

// errHungUp says that the worker closed its channel and went on.
var errHungUp = errors.New("it closed its channel before it was ready; does it call procactor.Main first in main?")

// endedEarly explains a link that ended during the handshake: what the worker
// said, or what is wrong with what it wrote, says more than its end. One that
// said that it is ready was up, and ended then.
func (s *workerLife) endedEarly(b *boot, end error) error {
	b.mu.Lock()
	over, known := b.end, b.err
	b.mu.Unlock()
	if over {
		return known
	}
	if why := s.conn.Reason(); why != nil {
		return &HandshakeError{Worker: s.life.PID().Name, Err: why}
	}
	return end
}

// failedStart ends what was started, and joins why with how the process died, if
// that says more.
func (s *workerLife) failedStart(why error) (osproc.Death, error) {
	if !isClosed(s.exited) {
		s.killNow(why, osproc.MotiveOrder)
		waitFor(s.exited, osproc.ReapBound)
	}
	e := s.collectExit()
	_ = s.conn.Close()
	s.child.begun.Close()
	keepName(s.life, s.exited)
	if s.hidden && !s.life.Owned() {
		tellEnd(record.WorkerNotUp, s.life, e, e)
	}
	if errors.Is(why, errExited) {
		if s.end.Clean() {
			return s.end.Death, &HandshakeError{Worker: s.life.PID().Name, Err: fmt.Errorf("%w; does it call procactor.Main first in main? %w", why, e)}
		}
		return s.end.Death, fmt.Errorf("%w: %w", why, e)
	}
	if setup, ok := errors.AsType[*SetupError](why); ok {
		return osproc.DeathNone, setup
	}
	if e.Panic != nil {
		return s.end.Death, fmt.Errorf("%w: %w", why, e)
	}
	if line := stdio.LastLine(e.Stderr); line != "" && errors.Is(why, ErrStartTimeout) {
		return osproc.DeathNone, fmt.Errorf("%w; stderr ends %q", why, line) // where it hangs
	}
	return osproc.DeathNone, why
}

// buildID identifies this program's build for the handshake: module, version
// and revision, as far as the toolchain recorded them; empty when it did not.
func buildID() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	id := info.Path + "@" + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			id += "+" + s.Value
		}
	}
	if len(id) > 255 {
		id = id[:255]
	}
	return id
}

// usersChannel is what a Worker's Channel made of the worker's channel.
type usersChannel struct{ rwc io.ReadWriteCloser }

// Read implements [io.Reader].
func (u usersChannel) Read(p []byte) (int, error) { return stdio.SafeReader(u.rwc).Read(p) }

// Write implements [io.Writer].
func (u usersChannel) Write(p []byte) (n int, err error) {
	if fault := foreign.Survive(func() { n, err = u.rwc.Write(p) }); fault != nil {
		return 0, stdio.FaultOf("the Write of what Worker.Channel returned", fault)
	}
	return n, actor.SafeError(err)
}

// Close implements [io.Closer]. One that does not return is left behind.
func (u usersChannel) Close() error { return stdio.SafeClose(u.rwc) }

var _ link.Link = (*osproc.Duplex)(nil)

// linkOf is a worker's channel as its connection uses it. One that was made by a
// user may be anything: callers leave its reading to a goroutine.
func linkOf(rw io.ReadWriteCloser) link.Link {
	if d, ok := rw.(*osproc.Duplex); ok {
		return d
	}
	return link.Plain(rw)
}

// channelOf is what the Worker's Channel makes of the worker's channel; that
// itself when there is none, or something is wrong with it.
func channelOf(w Worker, own io.ReadWriteCloser) (io.ReadWriteCloser, error) {
	if w.Channel == nil {
		return own, nil
	}
	made, fault := foreign.ApartFor(cmp.Or(w.StartTimeout, defaultStartTimeout), func() io.ReadWriteCloser { return w.Channel(own) })
	switch {
	case fault != nil:
		return own, &WorkerError{Field: "Channel", Problem: "went wrong", Hint: "have it return what the frames are read from and written to", Err: stdio.FaultOf("the function", fault)}
	case made == nil:
		return own, &WorkerError{Field: "Channel", Problem: "returned nil", Hint: "return what it was given, or what wraps that"}
	}
	if _, ours := made.(*osproc.Duplex); ours {
		return made, nil
	}
	return usersChannel{made}, nil
}
