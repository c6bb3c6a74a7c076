package procactor

import (
	"io"
	"time"
)

// Worker says how a worker process comes to be and is treated. Make one with
// [Self] or [Program] and set what should differ; it is a value, and one may
// serve any number of starts.
type Worker struct {
	// Env is the worker's environment, as "key=value"; nil means this
	// process's own. What the handshake needs is added, and PROCTOR_PLACE
	// and PROCTOR_NUMBER, which the worker keeps; see the package's text.
	Env []string
	// Dir is the worker's working directory; empty means this process's own, and
	// is refused by a *[WorkerError] when that was deleted.
	Dir string
	// Stdout and Stderr take what the worker writes outside of calls that
	// have a [WithOutput]; nil means log lines with the worker's name and pid.
	// They are written to by one goroutine at a time each, one that is given
	// for both, too; a writer that several workers share must bear more. A slow
	// one slows the worker's writes, never its calls' frames; one that panics
	// gets nothing more, and the log says so.
	Stdout, Stderr io.Writer
	// Grace is how long a call may go on after its caller gave up, and how
	// long a worker that is to stop may take to finish what runs; zero means
	// ten seconds. After it come TERM and KILL. A call that does not heed the end
	// of its context, such as one into C, holds its worker for as long: a shorter
	// one frees it sooner, and leaves a worker that stops less time to finish.
	Grace time.Duration
	// StartTimeout bounds the time from the spawn to READY; zero means 30
	// seconds.
	StartTimeout time.Duration
	// Silence is how long a worker may leave pings unanswered before it counts
	// as hung and is killed; zero means 30 seconds, [actor.Infinity] for ever.
	Silence time.Duration
	// MaxFrame, MaxBody and Window are the limits of the wire in bytes; zero
	// means 1 MiB for a frame, 256 MiB for a request or reply, 256 KiB for what
	// a stream may be ahead of its reader. The worker may ask for less. Decoding
	// a message takes four times the MaxBody at most, on both sides, unless the
	// task's codec has a budget of its own (codec.Limits).
	MaxFrame uint32
	MaxBody  uint64
	Window   uint32
	// Channel, unless nil, is put between this process and the worker's frames:
	// what it returns is read, written and closed in the place of what it is
	// given. It is meant for tests that cut, stall or record, and costs the
	// short way of reading.
	Channel func(io.ReadWriteCloser) io.ReadWriteCloser
	// Redact makes of the text of an error of its start the one to show, where
	// program or directory are not for every reader; nil leaves all as it is.
	// What such an error wraps is as it was. It may be called from several
	// goroutines. If it panics, or takes longer than
	// five seconds, the text says so and nothing else.
	Redact func(string) string
	// MaxDepth is how deep below the top parent a Self worker may be; zero
	// means two: a worker may have workers of its own, those may not.
	MaxDepth int

	self bool
	path string
	args []string
	// inside starts it without a process of its own; nil: as the fields say.
	inside func() (spawned, error)
	place  string // the path of its actor; set when it starts
	number int    // its place in its pool, from 1; zero: it is in none
	// debugged has it wait for a debugger, and have no limits; set when it starts.
	debugged bool
}

// Self returns a worker that is this very program, started again with the
// given arguments: it must call [Main] first in main. On Linux it is the same
// file even when that was replaced on disk meanwhile.
func Self(args ...string) Worker { return Worker{self: true, args: args} }

// Program returns a worker that is another program, found as os/exec finds it.
// It must call [Main], or speak the protocol otherwise.
func Program(path string, args ...string) Worker { return Worker{path: path, args: args} }

// The documented defaults of a Worker's fields.
const (
	defaultGrace        = 10 * time.Second
	defaultStartTimeout = 30 * time.Second
	defaultSilence      = 30 * time.Second
	defaultMaxDepth     = 2
)
