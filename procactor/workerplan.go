package procactor

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// running is a started process as its seat sees it: a child, or what a test
// runs in the place of one.
type running interface {
	pid() int
	// end waits for the end of the process, reaps it and says how it ended.
	wait() status
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
	stdout, stderr, crash *os.File   // nil: it has none
	begun                 *begunPage // nil: it tells nothing
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
	plan.keeper = guarded
	c, ends, err := startWorker(plan, channelVariables)
	if err != nil && !w.self {
		err = hinted(plan.path, err)
	}
	if err != nil {
		return spawned{}, err
	}
	return spawned{
		running: c, frames: newDuplex(ends.replies, ends.requests),
		stdout: ends.stdout, stderr: ends.stderr, crash: ends.crash, begun: ends.begun,
	}, nil
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
	p.env = append(childEnv(w.Env),
		wire.EnvVersion+"="+wire.Current().String(),
		wire.EnvDepth+"="+strconv.Itoa(max(depth, 0)+1))
	p.env = append(p.env, w.placeVariables()...)
	if w.debugged {
		p.env = append(p.env, waitVariable+"=1")
	}
	return p, nil
}

// placeVariables tell a worker which one it is. A name may have a NUL, and no
// environment can.
func (w Worker) placeVariables() []string {
	return []string{wire.EnvPlace + "=" + strings.ReplaceAll(w.place, "\x00", "\uFFFD"), wire.EnvNumber + "=" + strconv.Itoa(max(w.number, 1))}
}

// channelVariables tell a worker by which numbers it has its channels.
func channelVariables(h handed) []string {
	channels := wire.Channels{Requests: h.requests, Replies: h.replies, Crash: h.crash}
	env := []string{channelsVariable + "=" + channels.String()}
	if h.begun != 0 {
		env = append(env, wire.EnvBegun+"="+strconv.FormatUint(uint64(h.begun), 10))
	}
	return append(env, inheritedVariable(h.inherited)...)
}

// inheritedVariable names to a child the descriptors that it inherits beside its
// own, if there are any. See closeInherited.
func inheritedVariable(found []int) []string {
	if len(found) == 0 {
		return nil
	}
	return []string{wire.EnvInherited + "=" + wire.FormatInherited(found)}
}

// The memory of a page is what the protocol says.
var _ [begunSize]byte = [wire.BegunSize]byte{}

// childEnv copies an environment, or this process's own if it is nil, without
// what would make a process take itself for a worker, or for this one.
func childEnv(env []string) []string {
	return cleanEnv(env, append(bootstrapVariables(), debugVariable, wire.EnvPlace, wire.EnvNumber)...)
}
