package procactor

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// running is a started process as its seat sees it: a child, or what a test
// runs in the place of one.
type running interface {
	Pid() int
	// end waits for the end of the process, reaps it and says how it ended.
	Wait() osproc.Status
	// manner says why the system ended it; after end, and not of an end of ours.
	Manner() osproc.Manner
	// sighted is called when it has come up, and now and then while it goes on.
	Sighted()
	// leaving tells, where the system does, that the end has begun.
	Leaving() bool
	Terminate()
	Dump()
	KillGroup()
}

// spawned is a running process with the parent's ends of its channels.
type spawned struct {
	running
	frames                io.ReadWriteCloser
	stdout, stderr, crash *os.File          // nil: it has none
	begun                 *osproc.BegunPage // nil: it tells nothing
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
	plan.Keeper = guarded
	c, ends, err := osproc.StartWorker(plan, channelVariables)
	if err != nil && !w.self {
		err = hinted(plan.Path, err)
	}
	if err != nil {
		return spawned{}, err
	}
	return spawned{
		running: c, frames: osproc.NewDuplex(ends.Replies, ends.Requests),
		stdout: ends.Stdout, stderr: ends.Stderr, crash: ends.Crash, begun: ends.Begun,
	}, nil
}

// plan checks what can be checked before a process is there.
func (w Worker) plan() (osproc.Plan, error) {
	p := osproc.Plan{Path: w.path, Args: append([]string{w.path}, w.args...), Dir: w.Dir}
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
		self, err := osproc.SelfPath()
		if err != nil {
			return p, fmt.Errorf("find this program: %w", err)
		}
		p.Path, p.Args[0] = self, os.Args[0]
	default:
		var err error
		if p.Path, err = osproc.FindProgram(w.path); err != nil {
			return p, hinted(w.path, err)
		}
	}
	p.Env = append(childEnv(w.Env),
		wire.EnvVersion+"="+wire.Current().String(),
		wire.EnvDepth+"="+strconv.Itoa(max(depth, 0)+1))
	p.Env = append(p.Env, w.placeVariables()...)
	if w.debugged {
		p.Env = append(p.Env, waitVariable+"=1")
	}
	return p, nil
}

// placeVariables tell a worker which one it is. A name may have a NUL, and no
// environment can.
func (w Worker) placeVariables() []string {
	return []string{wire.EnvPlace + "=" + strings.ReplaceAll(w.place, "\x00", "\uFFFD"), wire.EnvNumber + "=" + strconv.Itoa(max(w.number, 1))}
}

// channelVariables tell a worker by which numbers it has its channels.
func channelVariables(h osproc.Handed) []string {
	channels := wire.Channels{Requests: h.Requests, Replies: h.Replies, Crash: h.Crash}
	env := []string{channelsVariable + "=" + channels.String()}
	if h.Begun != 0 {
		env = append(env, wire.EnvBegun+"="+strconv.FormatUint(uint64(h.Begun), 10))
	}
	return append(env, inheritedVariable(h.Inherited)...)
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
var _ [osproc.BegunSize]byte = [wire.BegunSize]byte{}

// childEnv copies an environment, or this process's own if it is nil, without
// what would make a process take itself for a worker, or for this one.
func childEnv(env []string) []string {
	return osproc.CleanEnv(env, append(bootstrapVariables(), debugVariable, wire.EnvPlace, wire.EnvNumber)...)
}
