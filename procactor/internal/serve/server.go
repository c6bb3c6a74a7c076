package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// OrphanGrace is how long a worker whose parent is gone lets its calls notice.
const OrphanGrace = 2 * time.Second

// ErrParentGone is why calls are canceled when the parent is gone.
var ErrParentGone = errors.New("the channel from the parent process has ended")

// errStopping is why a set-up is canceled.
var errStopping = errors.New("the worker was asked to stop")

// errGoexit is a set-up that ended its goroutine.
var errGoexit = errors.New("the set-up called runtime.Goexit")

// End is how a worker's service has ended.
type End uint8

// The ends of a service.
const (
	Served    End = iota // it was told to stop, or its set-up has failed, which was told
	Orphaned             // its parent is gone, or cannot be understood
	NotServed            // it could not serve, and starting it again will not help
)

// Options are what a worker is made of. The functions but Setups are called on the
// goroutines of calls.
type Options struct {
	Tasks  []Task
	Setups []func(ctx context.Context) (cleanup func(), err error) // in order
	Unfit  error                                                   // why the tasks cannot be served; nil: they can
	Build  string                                                  // identifies the program

	Crash   io.Writer                                 // where a panic is announced; may be nil
	Marks   func(err error) []string                  // names what a task's error is
	Value   func(key any, call Call) (v any, ok bool) // what the context of a call has besides; may be nil
	Begun   func(end uint64)                          // told where each request ends before it is looked at; may be nil
	CPUTime func() time.Duration                      // that of the process; zero: it cannot be told

	// Awaiter returns what waits for input; nil, as its error: nothing does.
	Awaiter func() (Awaiter, error)
}

// Awaiter waits for input without taking any of it.
type Awaiter struct {
	Input func() // returns when there is input, or its end, or after Wake
	Wake  func() // ends the waits for input; it is called once
	End   func() // returns when nobody is there any more to write
}

// Server is the worker's side of the wire. One goroutine at a time reads; a
// task that may run alone runs on that goroutine, without a switch, and when
// it takes long another takes the reading over.
type Server struct {
	options Options
	tasks   map[string]*Task

	in     *intake         // for whoever reads
	reader *wire.Reader    // for whoever reads
	asm    *wire.Assembler // for whoever reads
	out    *link.FrameWriter
	limits wire.Limits // agreed; set before the first request

	life   context.Context // of the calls; ends when the parent is gone
	orphan context.CancelCauseFunc
	prep   context.Context // of the set-up; ends at STOP, too
	noPrep context.CancelCauseFunc

	started, finished atomic.Uint64

	mu       sync.Mutex // protects the following
	calls    map[uint64]*call
	stopping bool          // STOP has come; written by whoever reads
	ended    chan struct{} // closed when nothing more will be read, or all is done after STOP
	over     bool          // ended is closed
	lost     bool          // the parent is gone, or what it says cannot be read
	idle     chan struct{} // closed when no call runs, if somebody waits for that
	inline   *call         // runs on the goroutine that reads
	tick     pacer
}

// New returns a server that reads from in, and writes to out.
func New(o Options, in io.Reader, out io.Writer) *Server {
	s := &Server{
		options: o, tasks: make(map[string]*Task, len(o.Tasks)),
		in:     &intake{in: in},
		calls:  make(map[uint64]*call),
		ended:  make(chan struct{}),
		limits: wire.DefaultLimits(),
	}
	for i := range o.Tasks {
		s.tasks[o.Tasks[i].Info.Name] = &o.Tasks[i]
	}
	s.reader = wire.NewReader(s.in, wire.MaxHello)
	// On a goroutine of its own: whoever writes may hold s.mu.
	s.out = link.NewFrameWriter(out, func() { go s.finish(true) })
	s.life, s.orphan = context.WithCancelCause(context.Background())
	s.prep, s.noPrep = context.WithCancelCause(s.life)
	return s
}

// Orphaned returns a context that ends when the parent is gone.
func (s *Server) Orphaned() context.Context { return s.life }

// AwaitWritten waits until all that was said is written.
func (s *Server) AwaitWritten() { s.out.AwaitWritten() }

// Serve is the life of a worker: handshake, set-up, calls, end. It is called once.
func (s *Server) Serve() End {
	if end, ok := s.handshake(); !ok {
		return end
	}
	cleanups := make(chan []func(), 1)
	if len(s.options.Setups) == 0 {
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
		within(OrphanGrace, func() {
			s.awaitCalls()
			cleanUp(<-cleanups)
		})
		return Orphaned
	}
	cleanUp(<-cleanups)
	s.out.AwaitWritten()
	return Served
}

// handshake answers the parent's HELLO.
func (s *Server) handshake() (end End, ok bool) {
	f, err := s.reader.Next()
	if err != nil {
		return Orphaned, false // the parent is gone: nobody to tell
	}
	hello, err := readHello(f)
	if err == nil {
		err = s.options.Unfit
	}
	if err != nil {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, err.Error()))
		fmt.Fprintf(os.Stderr, "proctor worker: %v\n", err)
		return NotServed, false
	}
	ours := wire.DefaultLimits()
	s.limits = ours.Min(hello.Limits.OrDefault())
	s.out.SetLimits(s.limits)
	s.reader.SetMaxFrame(s.limits.MaxFrame)
	s.asm = wire.NewAssembler(s.limits.MaxBody, 0)
	payload, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: s.limits, Build: s.options.Build, Tasks: s.offered()})
	if err != nil {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, "the worker's tasks cannot be announced: "+err.Error()))
		return NotServed, false
	}
	said := []wire.Frame{{Header: wire.Header{Kind: wire.KindHello}, Payload: payload}}
	if len(s.options.Setups) == 0 { // otherwise the parent learns the tasks before a set-up that may take long
		said = append(said, wire.Frame{Header: wire.Header{Kind: wire.KindReady}})
	}
	if tooLong, ok := errors.AsType[*wire.LimitError](s.out.Frames(said...)); ok {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, "the worker's tasks cannot be announced: "+tooLong.Error()))
		return NotServed, false
	}
	return Served, true // an error of the channel is met by whoever reads it
}

// offered returns what the parent is told of the tasks.
func (s *Server) offered() []wire.TaskInfo {
	infos := make([]wire.TaskInfo, len(s.options.Tasks))
	for i := range infos {
		infos[i] = s.options.Tasks[i].Info
	}
	return infos
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
func (s *Server) setUp(done chan<- []func()) {
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
		if !returned && foreign.CalledGoexit() {
			failed(errGoexit)
		}
	}()
	for _, f := range s.options.Setups {
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
func (s *Server) finish(lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = s.lost || lost
	if s.lost {
		s.orphan(ErrParentGone)
	}
	if !s.over {
		s.over = true
		close(s.ended)
	}
}

// awaitCalls waits until no call runs.
func (s *Server) awaitCalls() {
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
