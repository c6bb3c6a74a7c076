package actor

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/mailbox"
)

// Reasons of an end. A life that ended with ErrNormal or ErrShutdown, or with
// an error that wraps one of them, ended well; every other reason is a crash.
var (
	// ErrNormal is the reason of a life that ended because it was done.
	ErrNormal = errors.New("normal end")
	// ErrShutdown is the reason of a life that ended because it was asked to.
	ErrShutdown = errors.New("shutdown")
	// ErrKilled is the reason of a life that had to be killed; for a
	// goroutine that means abandoned.
	ErrKilled = errors.New("killed")
)

// Classes of failed calls and starts, for errors.Is.
var (
	// ErrNoActor means that no actor of that name runs, nor will without
	// somebody's doing: it gave up, was terminated, or never was.
	ErrNoActor = errors.New("no such actor")
	// ErrTaken means that the name is in use by another life.
	ErrTaken = errors.New("name is taken")
	// ErrName means that a name is empty, holds '/' or '#', or is not the id
	// of the slot it was to fill.
	ErrName = errors.New("invalid name")
	// ErrNoSpawner means that an actor was to be started at no System and no
	// Slot, but nil.
	ErrNoSpawner = errors.New("nil is no System and no Slot to start an actor at")
	// ErrNoContext means that a context was wanted and nil was given: use
	// context.Background to say that nothing bounds it.
	ErrNoContext = errors.New("nil is no context: give context.Background if nothing bounds it")
	// ErrType means that the actor of that name takes other requests or gives
	// other replies.
	ErrType = errors.New("actor has another type")
	// ErrFull means that the mailbox had no room and waiting was not wanted.
	ErrFull = mailbox.ErrFull
	// ErrClosed means that the system is closed: nothing is started there any
	// more.
	ErrClosed = errors.New("the system is closed")
	// ErrRefused means that a request was refused for what it is, and would be
	// again each time: its input does not encode, or it is in quarantine.
	ErrRefused = errors.New("request is refused")
	// ErrTimeout means that the time was over that the target itself allows for
	// a call. [context.DeadlineExceeded] matches, too.
	ErrTimeout = errors.New("the request's own timeout is over")
	// ErrDraining means that the system takes no new requests.
	ErrDraining = errors.New("system is draining")
	// ErrNoConnection means that the link to the actor's node is lost.
	ErrNoConnection = errors.New("no connection")
	// ErrNotParent means that only its parent may end that actor.
	ErrNotParent = errors.New("only the parent of an actor may stop it")
	// ErrSelfCall means that an actor called itself, or asked for a stop that is
	// its own, too: it could only wait for its own end.
	ErrSelfCall = errors.New("an actor cannot wait for itself")
	// ErrStreamUsed means that a stream was ranged over a second time.
	ErrStreamUsed = errors.New("stream is single-use")
	// ErrSecondReply is returned by emit when a request that was made with
	// Call is answered more than once.
	ErrSecondReply = errors.New("a call takes one reply")
	// ErrStreamBroken is the cause a stream's handler sees when its consumer
	// stopped reading.
	ErrStreamBroken = errors.New("the stream's consumer stopped")
	// ErrNotStarted matches every [CallError] whose request certainly did not
	// begin to run: it is safe to repeat elsewhere. [MayRetry] says whether it is
	// of use to repeat it here.
	ErrNotStarted = errors.New("request was not started")
	// ErrOutcomeUnknown matches every [CallError] whose request may have run
	// in part or whole.
	ErrOutcomeUnknown = errors.New("outcome of the request is unknown")
)

// IsNormal reports whether reason is a good end: one that wraps [ErrNormal] or
// [ErrShutdown]. A transient child is restarted after any other (OTP
// supervisor, "transient": normal, shutdown and {shutdown, Term}).
func IsNormal(reason error) bool {
	return foreign.Is(reason, ErrNormal) || foreign.Is(reason, ErrShutdown)
}

// StartError is every failed start, of an actor, a worker or a supervisor.
type StartError struct {
	Name string // the path that was to be started
	Err  error  // why it was not
}

// Error names the path and why it was not started.
func (e *StartError) Error() string { return fmt.Sprintf("start %s: %v", e.Name, e.Err) }

// Unwrap returns why the start failed.
func (e *StartError) Unwrap() error { return e.Err }

// ProtocolError says that the other side of an edge broke the protocol.
type ProtocolError struct {
	Peer string // who
	Err  error  // what it sent, or failed to send
}

// Error names the peer and what was wrong.
func (e *ProtocolError) Error() string {
	return fmt.Sprintf("%s broke the protocol: %v", e.Peer, e.Err)
}

// Unwrap returns what was wrong.
func (e *ProtocolError) Unwrap() error { return e.Err }

// ContextError returns the error of an ended context such that errors.Is finds
// both its class (context.Canceled, context.DeadlineExceeded) and its cause.
// It returns nil while ctx has not ended, and [ErrNoContext] for nil.
func ContextError(ctx context.Context) error {
	if ctx == nil {
		return ErrNoContext
	}
	err := ctx.Err()
	if err == nil {
		return nil
	}
	if cause := SafeError(context.Cause(ctx)); cause != nil && !foreign.Is(err, cause) {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}
