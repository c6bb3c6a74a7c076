package procactor

import (
	"bytes"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// memoryTold says what the kernel has told of want of memory.
type memoryTold uint8

const (
	memoryUnknown memoryTold = iota // nothing: a KILL that nobody of us sent may mean it
	memoryNo                        // it has killed nobody for it while the process ran
	memoryYes                       // it has killed somebody
)

// memoryLikely compares the kernel's count of kills with that of before.
func memoryLikely(before int) memoryTold {
	now := oomKills()
	switch {
	case before < 0 || now < 0:
		return memoryUnknown
	case now == before:
		return memoryNo
	}
	return memoryYes
}

// ExitCause implements [supervise.Causer]. OOM is set when a Go program says
// that it is out of memory, and for a KILL that we did not send, unless the
// kernel says that it has killed nobody for want of memory meanwhile.
func (e *ExitError) ExitCause() supervise.Cause {
	c := supervise.Cause{Exited: e.Signal == nil && e.Code >= 0, Code: e.Code}
	if e.Signal != nil {
		c.Signal = signalName(e.Signal)
	}
	if e.Panic != nil {
		c.Panic = e.Panic.Error()
		if text, ok := e.Panic.Value.(string); ok {
			c.OOM = strings.Contains(text, "runtime: out of memory") || strings.Contains(text, "cannot allocate memory")
		}
	}
	c.OOM = c.OOM || e.oomLikely() && e.Why == nil
	return c
}

// goodExit is [actor.ErrNormal] of a process that exited with status 0, which a
// rule about exit codes may ask for.
type goodExit struct{}

// Error is that of what it wraps: nothing went wrong that could be told.
func (goodExit) Error() string { return actor.ErrNormal.Error() }

// Unwrap returns [actor.ErrNormal].
func (goodExit) Unwrap() error { return actor.ErrNormal }

// ExitCause implements [supervise.Causer].
func (goodExit) ExitCause() supervise.Cause { return supervise.Cause{Exited: true} }

var (
	_ supervise.Causer = (*ExitError)(nil)
	_ supervise.Causer = goodExit{}
)

// panicIn finds the panic or fatal error that ended a plain Go program in what
// it wrote last on stderr; nil when there is none. Such a program exits with
// status 2, or by ABRT with GOTRACEBACK=crash, and its text is followed by the
// stack of a goroutine. Another program may write the like and mean nothing by
// it, and it is evidence only.
func panicIn(e *ExitError) *actor.PanicError {
	const runtimeStatus = 2
	aborted := e.Signal != nil && signalName(e.Signal) == "SIGABRT"
	if e.Killed || e.Code != runtimeStatus && !aborted {
		return nil
	}
	stack := bytes.LastIndex(e.Stderr, []byte("\ngoroutine "))
	if stack < 0 {
		return nil
	}
	for before := e.Stderr[:stack]; len(before) > 0; {
		start := bytes.LastIndexByte(before, '\n') + 1
		if line, _, _ := bytes.Cut(e.Stderr[start:], []byte("\n")); isCrashLine(line) {
			return parseCrash(e.Stderr[start:])
		}
		before = before[:max(start-1, 0)]
	}
	return nil
}
