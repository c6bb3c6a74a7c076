package targettest

import (
	"context"
	"testing"

	"github.com/proctor-dev/proctor/actor"
)

// Overflow is what a [Fixture.Full] actor's mailbox does when it is full.
type Overflow uint8

// The policies; Wait is that of mailbox.Block.
const (
	Wait Overflow = iota
	Reject
	DropOldest
)

// Fixture describes a target to [Run].
type Fixture struct {
	// New starts an actor that serves [Handle], and sees to its end by
	// t.Cleanup. Each row has its own.
	New func(t *testing.T) Subject
	// Full is New for an actor that handles one request at a time and whose
	// mailbox holds one more. nil when the rows of overload are lacking.
	Full func(t *testing.T, overflow Overflow) Subject
	// Nobody returns a Ref to a name that never was. nil when that is lacking.
	Nobody func(t *testing.T) actor.Ref[Request, Response]
	// Provoke makes, by the row's name, a call end in a way that only the
	// fixture can cause, and returns the call's error.
	Provoke map[string]func(t *testing.T) error
	// Check looks at the error of a row's call, or at the reason of its Down,
	// for what only the fixture knows, such as its type. nil: nothing more.
	Check func(t *testing.T, row string, err error)
	// Lacks names the rows that this target cannot cause, and why.
	Lacks map[string]string
	// Ahead is how many items a stream's handler may be ahead of its consumer;
	// 0 means 64.
	Ahead int
	// Calls is how many calls each of the eight callers makes that a row has at
	// the same time; 0 means 25. Fewer are for a target to which a call is dear.
	Calls int
	// Golden is the file that lists the rows that ran and those that are
	// lacking; [Run] fails when it differs, and writes it when the variable
	// PROCTOR_REWRITE is set.
	Golden string
}

// Subject is one actor under test. A function that is nil is one that the
// target does not have; each row that needs it must be in [Fixture.Lacks].
type Subject struct {
	// Ref is the actor.
	Ref actor.Ref[Request, Response]
	// Kill ends the life that serves now, at once, whatever it is doing, as a
	// crash. If the actor is supervised another life follows.
	Kill func()
	// Stop asks the life that serves now to end in order.
	Stop func()
	// Hold ends the life that serves now and returns when there is none; none
	// comes until Resume.
	Hold, Resume func()
	// GiveUp ends the actor for good, and returns when that is decided.
	GiveUp func()
	// Drain refuses new requests and waits for the others.
	Drain func(ctx context.Context) error
}

func (f *Fixture) ahead() int {
	if f.Ahead == 0 {
		return 64
	}
	return f.Ahead
}
