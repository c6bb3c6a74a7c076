package mailbox

import (
	"errors"
	"strconv"
)

// DefaultCapacity is the number of user items that may wait in a queue whose
// [Config] does not say otherwise.
const DefaultCapacity = 1024

var (
	// ErrFull says that the queue had no room and the sender did not wait. The
	// item was not accepted; sending it again later is safe.
	ErrFull = errors.New("mailbox: full")

	// ErrClosed says that the queue was closed before the item was accepted, or
	// before there was one to take.
	ErrClosed = errors.New("mailbox: closed")
)

// Overflow says what becomes of an item sent to a full queue. It concerns the
// user lane only: the urgent lane is never full.
type Overflow uint8

const (
	// Block, the zero value, makes [Queue.Put] wait for room until its context
	// ends. [Queue.TryPut], which never waits, returns [ErrFull].
	Block Overflow = iota

	// Reject makes both [Queue.Put] and [Queue.TryPut] return [ErrFull] at once.
	Reject

	// DropOldest makes room by evicting the user item that has waited longest.
	// That item goes to the queue's dropped function, so that its caller can
	// be told.
	DropOldest
)

// String returns the constant's name, or Overflow(n) for a value that is none.
func (o Overflow) String() string {
	switch o {
	case Block:
		return "Block"
	case Reject:
		return "Reject"
	case DropOldest:
		return "DropOldest"
	}
	return "Overflow(" + strconv.Itoa(int(o)) + ")"
}

// Config is the shape of a queue. The zero value is a queue of
// [DefaultCapacity] that blocks its senders when it is full.
type Config struct {
	// Capacity is the most user items that may wait at once. It is a limit,
	// not a reservation: an empty queue holds no buffer. Zero and negative
	// values mean [DefaultCapacity].
	Capacity int

	// Overflow says what happens beyond Capacity. Values that are none of the
	// constants mean [Block].
	Overflow Overflow
}

// limit returns the capacity that the configuration stands for.
func (c Config) limit() int {
	if c.Capacity < 1 {
		return DefaultCapacity
	}
	return c.Capacity
}
