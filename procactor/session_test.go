package procactor_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// session is a short life of a worker that always takes the same course: a
// start, some calls, a stop. It is run whole, to record it, and then with its
// wire broken at each byte.
type session struct {
	name   string
	tasks  []string // short names, and few: a HELLO is long
	window uint32
	piece  int // messages are cut into frames of so many bytes; zero: they are not
	script func(r *run)
}

// sessions are all there are. Progress has no frames of its own in version 1.1
// of the protocol: STARTED and PONG are what tells of it.
func sessions() []session {
	return []session{
		{name: "start", tasks: []string{"m"}, script: func(*run) {}},
		{name: "call", tasks: []string{"m"}, script: func(r *run) {
			r.call("a")
			r.call("b")
		}},
		{name: "chunks", tasks: []string{"m"}, piece: 24, script: func(r *run) {
			r.call("a" + strings.Repeat("-", 60))
		}},
		{name: "stream", tasks: []string{"s"}, window: 4, script: func(r *run) { r.stream("a") }},
		{name: "cancel", tasks: []string{"m", "w"}, script: func(r *run) {
			c := r.begin("a")
			if r.await(wire.KindStarted, c) {
				c.cancel()
			}
			<-c.over
			r.call("b") // the worker is free for it, or ended
		}},
		{name: "progress", tasks: []string{"w"}, script: func(r *run) {
			c := r.begin("a")
			alive := r.await(wire.KindStarted, c)
			for range 2 {
				if alive {
					procactor.Ping(r.p)
					alive = r.await(wire.KindPong, c)
				}
			}
			c.cancel()
			<-c.over
		}},
		{name: "two at once", tasks: []string{"t"}, script: func(r *run) {
			c := r.begin("a")
			if !r.await(wire.KindStarted, c) {
				<-c.over
				return
			}
			d := r.begin("b")
			r.await(wire.KindStarted, d)
			d.cancel()
			<-d.over
			r.await(wire.KindError, c)
			c.cancel()
			<-c.over
		}},
	}
}

// The tasks of sessions. Each leaves a mark under its input's first letter
// when it runs.
var (
	markTask = procactor.NewTask[string, string]("m", nil)
	waitTask = procactor.NewTask[string, string]("w", nil)
	pairTask = procactor.NewTask[string, string]("t", nil).Concurrent(2)
	stepTask = procactor.NewStreamTask[string, string]("s", nil)
)

// stepsOf are the items of the stream.
func stepsOf(in string) []string { return []string{in + "-1", in + "-2", in + "-3"} }

// sessionTasks makes the tasks, where mark notes that one runs.
func sessionTasks(names []string, mark func(string) error) []procactor.MainOption {
	wait := func(ctx context.Context, in string) (string, error) {
		if err := mark(in[:1]); err != nil {
			return "", err
		}
		<-ctx.Done()
		return "", context.Cause(ctx)
	}
	var tasks []procactor.MainOption
	for _, name := range names {
		switch name {
		case "m":
			tasks = append(tasks, procactor.NewTask(name, func(_ context.Context, in string) (string, error) { return in, mark(in[:1]) }))
		case "w":
			tasks = append(tasks, procactor.NewTask(name, wait))
		case "t":
			tasks = append(tasks, procactor.NewTask(name, wait).Concurrent(2))
		case "s":
			tasks = append(tasks, procactor.NewStreamTask(name, func(_ context.Context, in string, emit func(string) error) error {
				if err := mark(in[:1]); err != nil {
					return err
				}
				for _, item := range stepsOf(in) {
					if err := emit(item); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	}
	return tasks
}

// playSession is the worker of a session, as a program. It leaves its marks in
// its directory.
func playSession(name string) {
	for _, s := range sessions() {
		if s.name != name {
			continue
		}
		tasks := sessionTasks(s.tasks, func(name string) error {
			f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = f.WriteString("x")
			return errors.Join(err, f.Close())
		})
		if s.piece > 0 {
			procactor.MainInPieces(s.piece, tasks...)
		}
		procactor.Main(tasks...)
	}
}

// run is one course of a session.
type run struct {
	session session
	ctx     context.Context
	wire    *wiretap
	marks   func(name string) int // how often that call ran
	timeout time.Duration         // of each call; zero: none

	p        *procactor.Process
	startErr error
	calls    []*sessionCall
	down     []actor.Down
	stopErr  error
	open     [2]int // requests admitted, calls running, when all is over
}

// sessionCall is a call of a session.
type sessionCall struct {
	name     string
	in       string
	streamed bool
	over     chan struct{} // closed when it has returned; protects what follows
	out      string
	items    []string
	ends     int // of a stream: how often it ended
	err      error

	stop     context.CancelFunc
	timed    bool // its context has a deadline
	mu       sync.Mutex
	canceled bool
}

func (c *sessionCall) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.canceled = true
	c.stop()
}

// add prepares a call and its context, which has no deadline unless the run
// says so: it would travel, in digits that differ.
func (r *run) add(in string) (*sessionCall, context.Context) {
	ctx, stop := context.WithCancel(r.ctx)
	if r.timeout > 0 {
		stop()
		ctx, stop = context.WithTimeout(r.ctx, r.timeout)
	}
	c := &sessionCall{name: in[:1], in: in, over: make(chan struct{}), stop: stop, timed: r.timeout > 0}
	r.calls = append(r.calls, c)
	return c, ctx
}

func (r *run) call(in string) {
	c, ctx := r.add(in)
	defer c.stop()
	defer close(c.over)
	c.out, c.err = markTask.On(r.p).Call(ctx, in)
}

// begin begins a call that waits to be canceled.
func (r *run) begin(in string) *sessionCall {
	c, ctx := r.add(in)
	task := waitTask
	if r.session.tasks[0] == "t" {
		task = pairTask
	}
	go func() {
		defer c.stop()
		defer close(c.over)
		c.out, c.err = task.On(r.p).Call(ctx, in)
	}()
	return c
}

func (r *run) stream(in string) {
	c, ctx := r.add(in)
	c.streamed = true
	defer c.stop()
	defer close(c.over)
	for item, err := range stepTask.On(r.p).Stream(ctx, in) {
		if err != nil {
			c.ends++
			c.err = err
			continue // more would be one end too many
		}
		if c.ends == 0 {
			c.items = append(c.items, item)
		}
	}
}

// await waits for a frame of the kind to come to the parent; false when the
// call ended without one.
func (r *run) await(kind wire.Kind, c *sessionCall) bool {
	for {
		select {
		case h := <-r.wire.frames:
			if h.Kind == kind {
				return true
			}
		case <-c.over:
			return false
		}
	}
}

// course runs the session with the worker.
func (r *run) course(sys *actor.System, w procactor.Worker) {
	w.Window = r.session.window
	if r.p, r.startErr = procactor.Start(r.ctx, sys, "w", w); r.startErr != nil {
		close(r.wire.stop)
		r.wire.running.Wait()
		return
	}
	down := markTask.On(r.p).Watch(r.ctx)
	if r.session.piece > 0 {
		procactor.WriteInPieces(r.p, uint32(r.session.piece))
	}
	r.session.script(r)
	r.stopErr = r.p.Stop(r.ctx)
	for d := range down {
		r.down = append(r.down, d)
	}
	r.open[0], r.open[1] = r.p.Open()
	close(r.wire.stop)
	r.wire.running.Wait() // both sides have closed their ends
}

// real is the session's worker as a process of its own in the directory.
func (s session) real(dir string, tap *wiretap) procactor.Worker {
	w := procactor.Program(os.Args[0])
	w.Env = append(os.Environ(), roleVariable+"=session "+s.name)
	w.Dir = dir
	w.Channel = tap.channel
	return w
}

// marksIn counts the marks that were left in the directory.
func marksIn(dir string) func(string) int {
	return func(name string) int {
		b, _ := os.ReadFile(filepath.Join(dir, name))
		return len(b)
	}
}
