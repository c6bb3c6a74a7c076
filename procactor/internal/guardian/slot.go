//go:build unix

package guardian

import (
	"context"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// guardianSlack is what the guardian gives a worker beyond the time that the
// worker gives itself.
const guardianSlack = time.Second

// grace is how long such a child may outlive this process. A worker that comes
// to Main ends itself within that time, and cleans up meanwhile.
func (k Kind) grace(ofWorkers time.Duration) time.Duration {
	if k == Command {
		return 0
	}
	return ofWorkers + guardianSlack
}

// Slot is one child's place with the guard of its System: made by SlotFor,
// handed to osproc.Start in its plan, released once. All methods may be called on a nil Slot,
// which is a child that nobody guards.
type Slot struct {
	guard  *guard
	kind   Kind
	thread chan<- func() // of the children that the kernel kills with it
	once   sync.Once
}

// Family returns what the children of the System share.
func (w *Slot) Family() *osproc.Family {
	if w == nil {
		return nil
	}
	return &w.guard.family
}

// DiesWithParent reports whether the kernel is to kill the child when its parent dies.
//
// It must for all but Self workers: nobody else kills what dies between its
// spawn and its registration, and no other program is sure to read the end of
// its channel. A worker that comes to Main takes it back (osproc.KeepGrace). What the
// child starts before it is registered is out of reach, if this process dies in
// that instant.
func (w *Slot) DiesWithParent() bool { return w != nil && w.thread != nil }

// Spawn runs f, which starts the child, on the thread that outlives it.
func (w *Slot) Spawn(f func()) {
	if !w.DiesWithParent() {
		f()
		return
	}
	w.guard.await(context.Background())
	done := make(chan struct{})
	w.thread <- func() {
		defer close(done)
		f()
	}
	<-done
}

// Started registers the child; before anybody can have reaped it.
func (w *Slot) Started(pid int) {
	if w != nil {
		w.guard.add(pid, group{start: osproc.StartTime(pid), grace: w.kind.grace(w.guard.with.WorkerGrace)})
	}
}

// Ended forgets the child's group. It is called when the child has ended and
// its group was killed, but before it is reaped: afterwards the number may be a
// stranger's, which the guardian would kill for it.
func (w *Slot) Ended(pid int) {
	if w != nil {
		w.guard.remove(pid)
	}
}

// Release ends the Slot, when the child was reaped or never was. Only the
// first call counts. The last of a System that is being closed returns when the
// guardian has ended.
func (w *Slot) Release() {
	if w != nil {
		w.once.Do(func() { w.guard.give(w) })
	}
}

// Await returns when there is a guardian that will hear of the child.
func (w *Slot) Await(ctx context.Context) {
	if w != nil {
		w.guard.await(ctx)
	}
}
