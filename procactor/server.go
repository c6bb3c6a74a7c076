package procactor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// orphanGrace is how long a worker whose parent is gone lets its calls notice.
const orphanGrace = 2 * time.Second

// orphanNote is the last line on the crash channel of a worker that ends
// because its parent is gone, or seems to be.
const orphanNote = "proctor: the channel from the parent has ended\n"

// errParentGone is why calls are canceled when the parent is gone.
var errParentGone = errors.New("the channel from the parent process has ended")

// errStopping is why a set-up is canceled.
var errStopping = errors.New("the worker was asked to stop")

// errGoexit is a set-up that ended its goroutine.
var errGoexit = errors.New("the set-up called runtime.Goexit")

// server is the worker's side of the wire. One goroutine at a time reads; a
// task that may run alone runs on that goroutine, without a switch, and when
// it takes long another takes the reading over.
type server struct {
	catalog *catalog
	crash   io.Writer // where a panic is announced; may be nil
	build   string

	in     *intake          // for whoever reads
	reader *wire.Reader     // for whoever reads
	asm    *wire.Assembler  // for whoever reads
	begun  osproc.BegunMark // what was begun, for whoever reads
	out    *link.FrameWriter
	limits wire.Limits // agreed; set before the first request

	life   context.Context // of the calls; ends when the parent is gone
	orphan context.CancelCauseFunc
	prep   context.Context // of the set-up; ends at STOP, too
	noPrep context.CancelCauseFunc

	started, finished atomic.Uint64

	mu       sync.Mutex // protects the following
	calls    map[uint64]*serverCall
	stopping bool          // STOP has come; written by who reads
	ended    chan struct{} // closed when nothing more will be read, or all is done after STOP
	over     bool          // ended is closed
	lost     bool          // the parent is gone, or what it says cannot be read
	idle     chan struct{} // closed when no call runs, if somebody waits for that
	inline   *serverCall   // runs on the goroutine that reads
	tick     pacer
}

// runWorker serves until told to stop or orphaned, and returns the exit code.
func runWorker(b bootstrap, c *catalog) int {
	ch, err := openChannels(b.channels)
	if err != nil {
		fmt.Fprintf(os.Stderr, "proctor worker: open the inherited channels: %v\n", err)
		return osproc.ExitNotServed
	}
	// The runtime writes the text of a fatal error there, whatever stderr is.
	if err := debug.SetCrashOutput(ch.crash, debug.CrashOptions{}); err != nil {
		fmt.Fprintf(os.Stderr, "proctor worker: the parent will not see crash texts: %v\n", err)
	}
	if b.debugged && !awaitDebugger(ch.in) {
		endOwnGroup()
		return exitOrphaned
	}
	s := newServer(c, ch.in, ch.out, ch.crash)
	if b.begun != 0 {
		if s.begun, err = osproc.OpenBegun(b.begun); err != nil {
			fmt.Fprintf(os.Stderr, "proctor worker: the parent will not see what was begun: %v\n", err)
		}
		s.begun.Note(0)
	}
	// Whatever the worker is in the middle of, such as a clean-up after STOP that
	// hangs, it does not outlive its parent by more than this.
	context.AfterFunc(s.life, func() { time.AfterFunc(2*orphanGrace, endOwnGroup) })
	code := s.serve()
	if code == exitOrphaned {
		_, _ = ch.crash.WriteString(orphanNote) // if the parent is there after all, it wants to know
		endOwnGroup()
	}
	return code
}

func newServer(c *catalog, in io.Reader, out io.Writer, crash io.Writer) *server {
	s := &server{
		catalog: c, crash: crash, build: buildID(),
		in:     &intake{in: in},
		calls:  make(map[uint64]*serverCall),
		ended:  make(chan struct{}),
		limits: wire.DefaultLimits(),
	}
	s.reader = wire.NewReader(s.in, wire.MaxHello)
	// On a goroutine of its own: whoever writes may hold s.mu.
	s.out = link.NewFrameWriter(out, func() { go s.finish(true) })
	s.life, s.orphan = context.WithCancelCause(context.Background())
	s.prep, s.noPrep = context.WithCancelCause(s.life)
	return s
}

// serve is the life of a worker: handshake, set-up, calls, end.
func (s *server) serve() int {
	if code, ok := s.handshake(); !ok {
		return code
	}
	cleanups := make(chan []func(), 1)
	if len(s.catalog.setup) == 0 {
		cleanups <- nil
	} else {
		go s.setUp(cleanups)
	}
	go s.read()
	<-s.ended
	s.mu.Lock()
	lost := s.lost
	s.mu.Unlock()
	if lost {
		within(orphanGrace, func() {
			s.awaitCalls()
			cleanUp(<-cleanups)
		})
		return exitOrphaned
	}
	cleanUp(<-cleanups)
	s.out.AwaitWritten()
	return exitServed
}

// handshake answers the parent's HELLO.
func (s *server) handshake() (code int, ok bool) {
	f, err := s.reader.Next()
	if err != nil {
		return exitOrphaned, false // the parent is gone: nobody to tell
	}
	hello, err := readHello(f)
	if err == nil {
		err = s.catalog.unfit()
	}
	if err != nil {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, err.Error()))
		fmt.Fprintf(os.Stderr, "proctor worker: %v\n", err)
		return osproc.ExitNotServed, false
	}
	ours := wire.DefaultLimits()
	s.limits = ours.Min(hello.Limits.OrDefault())
	s.out.SetLimits(s.limits)
	s.reader.SetMaxFrame(s.limits.MaxFrame)
	s.asm = wire.NewAssembler(s.limits.MaxBody, 0)
	payload, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: s.limits, Build: s.build, Tasks: s.catalog.order})
	if err != nil {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, "the worker's tasks cannot be announced: "+err.Error()))
		return osproc.ExitNotServed, false
	}
	said := []wire.Frame{{Header: wire.Header{Kind: wire.KindHello}, Payload: payload}}
	if len(s.catalog.setup) == 0 { // otherwise the parent learns the tasks before a set-up that may take long
		said = append(said, wire.Frame{Header: wire.Header{Kind: wire.KindReady}})
	}
	_ = s.out.Frames(said...)
	return 0, true
}

// readHello reads the peer's first frame.
func readHello(f wire.Frame) (wire.Hello, error) {
	if f.Kind == wire.KindRefuse {
		return wire.Hello{}, fmt.Errorf("the other side refused: %s", wire.ParseText(f.Payload))
	}
	if f.Kind != wire.KindHello {
		return wire.Hello{}, fmt.Errorf("the first frame is a %s, not a HELLO", f.Kind)
	}
	hello, err := wire.ParseHello(f.Payload)
	if err != nil {
		return wire.Hello{}, err
	}
	_, err = wire.Agree(wire.Current(), hello.Version)
	return hello, err
}

// setUp runs the set-up functions and says READY, or why not.
func (s *server) setUp(done chan<- []func()) {
	var cleanups []func()
	failed := func(err error) {
		cleanUp(cleanups)
		_ = s.out.Frame(wire.KindBootError, 0, wire.AppendText(nil, foreign.Text(actor.SafeError(err))))
		done <- nil
		s.finish(false)
	}
	returned := false
	defer func() {
		// A panic goes on and ends the process; a function that ended its
		// goroutine would leave the parent waiting.
		if !returned && calledGoexit() {
			failed(errGoexit)
		}
	}()
	for _, f := range s.catalog.setup {
		cleanup, err := f(s.prep)
		if cleanup != nil {
			cleanups = append(cleanups, cleanup)
		}
		if err != nil {
			returned = true
			failed(err)
			return
		}
	}
	returned = true
	done <- cleanups
	_ = s.out.Frame(wire.KindReady, 0, nil)
}

// finish says that nothing more will be served; lost, that the parent is gone.
func (s *server) finish(lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = s.lost || lost
	if s.lost {
		s.orphan(errParentGone)
	}
	if !s.over {
		s.over = true
		close(s.ended)
	}
}

// awaitCalls waits until no call runs.
func (s *server) awaitCalls() {
	s.mu.Lock()
	if len(s.calls) == 0 {
		s.mu.Unlock()
		return
	}
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	s.mu.Unlock()
	<-idle
}

// within runs f and returns when it is done, or after d without it.
func within(d time.Duration, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}

// cleanUp runs what Setup returned, the last first.
func cleanUp(fs []func()) {
	returned := false
	defer mustReturn(&returned, "a clean-up of Setup")
	for _, f := range slices.Backward(fs) {
		f()
	}
	returned = true
}
