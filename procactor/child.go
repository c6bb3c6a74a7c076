package procactor

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// child is a started operating-system process with the parent's ends of its
// channels. What is system-specific is in child_*.go.
type child struct {
	process  *os.Process
	requests *os.File // frames to the worker
	replies  *os.File // frames from it
	crash    *os.File // the text of its crash
	stdout   *os.File
	stderr   *os.File
	begun    *begunPage
	system   systemChild

	mu     sync.Mutex // held while the group is signaled, and while it is reaped
	killed bool       // by us
	reaped bool       // the process's number may be another's by now
}

// running is a started process as its seat sees it: a child, or what a test
// runs in the place of one.
type running interface {
	pid() int
	// end waits for the end of the process, reaps it and says how it ended.
	end() (code int, sig os.Signal, err error)
	// manner says why the system ended it; after end, and not of an end of ours.
	manner() manner
	// sighted is called when it has come up, and now and then while it goes on.
	sighted()
	// leaving tells, where the system does, that the end has begun.
	leaving() bool
	terminate()
	dump()
	killGroup()
}

// spawned is a running process with the parent's ends of its channels.
type spawned struct {
	running
	frames                io.ReadWriteCloser
	stdout, stderr, crash *os.File // nil: it has none
	begun                 *begunPage
}

// spawn starts the process of a worker, whom guarded guards.
func (w Worker) spawn(guarded *ward) (spawned, error) {
	if w.inside != nil {
		return w.inside()
	}
	plan, err := w.plan()
	if err != nil {
		return spawned{}, err
	}
	plan.ward = guarded
	c, err := startChild(plan)
	if err != nil && !w.self {
		err = hinted(plan.path, err)
	}
	if err != nil {
		return spawned{}, err
	}
	return spawned{
		running: c, frames: &duplex{r: c.replies, w: c.requests},
		stdout: c.stdout, stderr: c.stderr, crash: c.crash, begun: c.begun,
	}, nil
}

func (c *child) pid() int { return c.process.Pid }

func (c *child) sighted()       { c.system.autopsy.sighted(c.process.Pid) }
func (c *child) manner() manner { return c.system.autopsy.manner() }

func (c *child) end() (code int, sig os.Signal, err error) { return statusOf(c.wait()) }

// statusOf reads what the wait for a process has returned.
func statusOf(state *os.ProcessState, err error) (code int, sig os.Signal, _ error) {
	if err != nil {
		return -1, nil, err
	}
	code, sig = exitStatus(state)
	return code, sig, nil
}

// launchPlan is what startChild is told: everything decided, nothing done.
type launchPlan struct {
	path string
	argv []string
	env  []string
	dir  string

	ward *ward // who guards it; nil: nobody
	kin  *kin  // who is to know of it, when nobody guards it; nil: nobody
}

// plan checks what can be checked before a process is there.
func (w Worker) plan() (launchPlan, error) {
	p := launchPlan{path: w.path, argv: append([]string{w.path}, w.args...), dir: w.Dir}
	if err := w.check(); err != nil {
		return p, err
	}
	depth := ownDepth()
	switch {
	case w.self && depth < 0:
		return p, ErrNoMain
	case w.self && depth >= cmp.Or(w.MaxDepth, defaultMaxDepth):
		return p, fmt.Errorf("%w: this process is %d below the top, Worker.MaxDepth allows %d", ErrTooDeep, depth, cmp.Or(w.MaxDepth, defaultMaxDepth))
	case w.self:
		self, err := selfPath()
		if err != nil {
			return p, fmt.Errorf("find this program: %w", err)
		}
		p.path, p.argv[0] = self, os.Args[0]
	default:
		var err error
		if p.path, err = findProgram(w.path); err != nil {
			return p, hinted(w.path, err)
		}
	}
	p.env = append(cleanEnv(w.Env),
		wire.EnvVersion+"="+wire.Current().String(),
		wire.EnvDepth+"="+strconv.Itoa(max(depth, 0)+1))
	p.env = append(p.env, w.placeVariables()...)
	if w.debugged {
		p.env = append(p.env, waitVariable+"=1")
	}
	return p, nil
}

// findProgram finds a program as os/exec does. Its path is absolute: a relative
// one would be looked up in the directory that the process is to have.
func findProgram(path string) (string, error) {
	found, err := exec.LookPath(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(found)
}

// placeVariables tell a worker which one it is. A name may have a NUL, and no
// environment can.
func (w Worker) placeVariables() []string {
	return []string{wire.EnvPlace + "=" + strings.ReplaceAll(w.place, "\x00", "\uFFFD"), wire.EnvNumber + "=" + strconv.Itoa(max(w.number, 1))}
}

// cleanEnv copies an environment, or this process's own if it is nil, without
// what would make a process take itself for a worker, or for this one. Of a key
// that is there twice the last counts, as with os/exec, whose way it is.
func cleanEnv(env []string) []string {
	all := (&exec.Cmd{Env: env}).Environ()
	return slices.DeleteFunc(withoutDebug(all), func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return key == wire.EnvPlace || key == wire.EnvNumber || slices.Contains(bootstrapVariables(), key)
	})
}

// closeAll closes what is not nil.
func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
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

func (p *pipes) child(proc *os.Process, system systemChild) *child {
	return &child{process: proc, system: system, requests: p.requestsW, replies: p.repliesR, crash: p.crashR, stdout: p.stdoutR, stderr: p.stderrR, begun: p.begun}
}
