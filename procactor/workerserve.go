package procactor

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// orphanNote is the last line on the crash channel of a worker that ends
// because its parent is gone, or seems to be.
const orphanNote = "proctor: the channel from the parent has ended\n"

// Exit codes of a worker that ends by itself, beside osproc.ExitNotServed.
const (
	exitServed   = 0
	exitOrphaned = 1
)

// server is a worker's end of the wire that serves what Main was given.
type server struct{ *serve.Server }

// serve serves until told to stop or orphaned, and returns the exit code.
func (s server) serve() int {
	switch s.Serve() {
	case serve.Served:
		return exitServed
	case serve.Orphaned:
		return exitOrphaned
	case serve.NotServed:
	}
	return osproc.ExitNotServed
}

// newServer makes a server of the catalog; crash is where a panic is announced,
// and may be nil.
func newServer(c *catalog, in io.Reader, out, crash io.Writer) server {
	return newServerMarking(c, in, out, crash, osproc.BegunMark{})
}

// newServerMarking is newServer for a worker that has a page in which it says
// what it begins.
func newServerMarking(c *catalog, in io.Reader, out, crash io.Writer, begun osproc.BegunMark) server {
	o := serve.Options{
		Tasks: make([]serve.Task, len(c.order)), Unfit: c.unfit(), Build: buildID(),
		Crash: crash, Marks: marksOf, Value: valueOfCall, CPUTime: osproc.ProcessorTime, Begun: begun.Note,
	}
	for i, info := range c.order {
		o.Tasks[i] = c.tasks[info.Name].served()
	}
	for _, f := range c.setup {
		o.Setups = append(o.Setups, f)
	}
	if file, ok := in.(*os.File); ok {
		o.Awaiter = func() (serve.Awaiter, error) {
			a, err := osproc.NewAwaiter(file)
			if err != nil {
				return serve.Awaiter{}, err
			}
			return serve.Awaiter{Input: a.Input, Wake: a.Wake, End: a.End}, nil
		}
	}
	return server{serve.New(o, in, out)}
}

// served is the task without what only a person sees of it.
func (t servedTask) served() serve.Task {
	s := serve.Task{Info: t.info, Parse: func(body []byte, agreed wire.Limits) (serve.Job, error) {
		return t.parse(body, memoryFor(agreed))
	}}
	if t.errs == nil {
		return s
	}
	s.EncodeError = func(dst []byte, err error) ([]byte, error) {
		refused := survived(func() (refused error) {
			dst, refused = t.errs.Append(dst, err)
			return refused
		})
		return dst, refused
	}
	return s
}

// valueOfCall is what the context of a task in a worker has for a key of ours.
func valueOfCall(key any, c serve.Call) (any, bool) {
	if _, ours := key.(callKey); !ours {
		return nil, false
	}
	return Call{Traceparent: c.Traceparent, Key: c.Key, Attempt: c.Attempt}, true
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
	var begun osproc.BegunMark
	if b.begun != 0 {
		if begun, err = osproc.OpenBegun(b.begun); err != nil {
			fmt.Fprintf(os.Stderr, "proctor worker: the parent will not see what was begun: %v\n", err)
		}
		begun.Note(0)
	}
	s := newServerMarking(c, ch.in, ch.out, ch.crash, begun)
	// Whatever the worker is in the middle of, such as a clean-up after STOP that
	// hangs, it does not outlive its parent by more than this.
	context.AfterFunc(s.Orphaned(), func() { time.AfterFunc(2*serve.OrphanGrace, endOwnGroup) })
	code := s.serve()
	if code == exitOrphaned {
		_, _ = ch.crash.WriteString(orphanNote) // if the parent is there after all, it wants to know
		endOwnGroup()
	}
	return code
}
