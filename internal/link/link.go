package link

import "io"

// Link is one end of a stream of bytes in both directions. Read and Write may be
// called at the same time, each by one goroutine; the others from any.
type Link interface {
	io.ReadWriteCloser

	// Interruptible tells whether a Read that waits can be interrupted without
	// loss, so that callers may read for themselves; and whether a Write can,
	// which then says how many bytes were written, so that somebody else can go on
	// with the rest. Its answer never changes.
	Interruptible() (reads, writes bool)

	// InterruptReads has a Read that waits, and all that follow, return an error
	// that is [os.ErrDeadlineExceeded]; with false, they wait again.
	InterruptReads(on bool)

	// InterruptWrites does the same for Write.
	InterruptWrites(on bool)

	// Unread returns how many of the bytes written the other side has not read;
	// false where that cannot be told. It is asked when the other side is dead.
	Unread() (n int, ok bool)
}

// Plain returns a Link of which only its bytes are known: it cannot be
// interrupted, and does not tell what was not read.
func Plain(rw io.ReadWriteCloser) Link { return plain{rw} }

type plain struct{ io.ReadWriteCloser }

func (plain) Interruptible() (reads, writes bool) { return false, false }
func (plain) InterruptReads(bool)                 {}
func (plain) InterruptWrites(bool)                {}
func (plain) Unread() (n int, ok bool)            { return 0, false }
