package procactor

import (
	"fmt"
	"os"
)

// workerEnds are the parent's ends of what a worker was started with. Closing
// them is the caller's.
type workerEnds struct {
	requests *os.File // frames to the worker
	replies  *os.File // frames from it
	crash    *os.File // the text of its crash
	stdout   *os.File
	stderr   *os.File
	begun    *begunPage // nil: the system gives none
}

// handed are the numbers by which a worker knows what it was started with.
type handed struct {
	requests, replies, crash uintptr
	begun                    uintptr // of the page; zero: there is none
	inherited                []int   // descriptors of this process that it has beside them
}

// startWorker starts a process with the channels of a worker. tell makes the
// variables by which the process learns of their numbers. When it returns an
// error, nothing is left of it, but for what the plan's keeper knows.
func startWorker(plan launchPlan, tell func(handed) []string) (*child, workerEnds, error) {
	p, err := makePipes()
	if err != nil {
		return nil, workerEnds{}, err
	}
	defer p.closeTheirs()
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.closeOurs()
		return nil, workerEnds{}, err
	}
	defer closeAll(null)
	files := []*os.File{null, p.stdoutW, p.stderrW, p.requestsR, p.repliesW, p.crashW}
	if p.begunR != nil {
		files = append(files, p.begunR)
	}
	plan.env = append(plan.env, tell(p.handed(plan.guardedBy().of(), len(files)))...)
	c, err := spawn(plan, files...)
	if err != nil {
		p.closeOurs()
		return nil, workerEnds{}, err
	}
	return c, workerEnds{requests: p.requestsW, replies: p.repliesR, crash: p.crashR, stdout: p.stdoutR, stderr: p.stderrR, begun: p.begun}, nil
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
	begun                *begunPage
	begunR               *os.File
}

func makePipes() (p pipes, err error) {
	for _, ends := range []struct {
		ours, theirs **os.File
		open         func() (ours, theirs *os.File, err error)
	}{
		{&p.requestsW, &p.requestsR, pipeTo},
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
	closeAll(p.requestsW, p.repliesR, p.crashR, p.stdoutR, p.stderrR)
	p.begun.close()
}

func (p *pipes) closeTheirs() {
	closeAll(p.requestsR, p.repliesW, p.crashW, p.stdoutW, p.stderrW, p.begunR)
}

// closeAll closes what is not nil.
func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}
