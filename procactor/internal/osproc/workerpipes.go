package osproc

import (
	"fmt"
	"os"
)

// WorkerEnds are the parent's ends of what a worker was started with. Closing
// them is the caller's.
type WorkerEnds struct {
	Requests *os.File // frames to the worker
	Replies  *os.File // frames from it
	Crash    *os.File // the text of its crash
	Stdout   *os.File
	Stderr   *os.File
	Begun    *BegunPage // nil: the system gives none
}

// Handed are the numbers by which a worker knows what it was started with.
type Handed struct {
	Requests, Replies, Crash uintptr
	Begun                    uintptr // of the page; zero: there is none
	Inherited                []int   // descriptors of this process that it has beside them
}

// StartWorker starts a process with the channels of a worker. tell makes the
// variables by which the process learns of their numbers. When it returns an
// error, nothing is left of it, but for what the plan's keeper knows.
func StartWorker(plan Plan, tell func(Handed) []string) (*Child, WorkerEnds, error) {
	p, err := makePipes()
	if err != nil {
		return nil, WorkerEnds{}, err
	}
	defer p.closeTheirs()
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.closeOurs()
		return nil, WorkerEnds{}, err
	}
	defer CloseAll(null)
	files := []*os.File{null, p.stdoutW, p.stderrW, p.requestsR, p.repliesW, p.crashW}
	if p.begunR != nil {
		files = append(files, p.begunR)
	}
	plan.Env = append(plan.Env, tell(p.handed(plan.guardedBy().Family(), len(files)))...)
	c, err := Start(plan, files...)
	if err != nil {
		p.closeOurs()
		return nil, WorkerEnds{}, err
	}
	return c, WorkerEnds{Requests: p.requestsW, Replies: p.repliesR, Crash: p.crashR, Stdout: p.stdoutR, Stderr: p.stderrR, Begun: p.begun}, nil
}

// pipes are the five pipes of a worker, ours and theirs, and the page that says
// what it has begun: nil where the system gives none, so that less is known of
// a death.
type pipes struct {
	requestsR, requestsW *os.File
	repliesR, repliesW   *os.File
	crashR, crashW       *os.File
	stdoutR, stdoutW     *os.File
	stderrR, stderrW     *os.File
	begun                *BegunPage
	begunR               *os.File
}

func makePipes() (p pipes, err error) {
	for _, ends := range []struct {
		ours, theirs **os.File
		open         func() (ours, theirs *os.File, err error)
	}{
		{&p.requestsW, &p.requestsR, PipeTo},
		{&p.repliesR, &p.repliesW, pipeFrom},
		{&p.crashR, &p.crashW, pipeFrom},
		{&p.stdoutR, &p.stdoutW, pipeFrom},
		{&p.stderrR, &p.stderrW, pipeFrom},
	} {
		if *ends.ours, *ends.theirs, err = ends.open(); err != nil {
			p.closeOurs()
			p.closeTheirs()
			return pipes{}, fmt.Errorf("make a pipe to the worker: %w", err)
		}
	}
	p.begun, p.begunR = newBegunPage()
	return p, nil
}

func (p *pipes) closeOurs() {
	CloseAll(p.requestsW, p.repliesR, p.crashR, p.stdoutR, p.stderrR)
	p.begun.Close()
}

func (p *pipes) closeTheirs() {
	CloseAll(p.requestsR, p.repliesW, p.crashW, p.stdoutW, p.stderrW, p.begunR)
}

// CloseAll closes what is not nil.
func CloseAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}
