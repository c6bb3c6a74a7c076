//go:build unix

package procactor

import (
	"context"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// wardKind is what kind of child a ward is for.
type wardKind uint8

const (
	wardSelf    wardKind = iota // it certainly comes to Main, and there sees to its own end
	wardProgram                 // it may, or may be any program
	wardCommand                 // it is no worker: nothing is lost when it is killed at once
)

// guardianSlack is what the guardian gives a worker beyond the time that the
// worker gives itself.
const guardianSlack = time.Second

// grace is how long such a child may outlive this process. A worker that comes
// to Main ends itself within that time, and cleans up meanwhile.
func (k wardKind) grace(ofWorkers time.Duration) time.Duration {
	if k == wardCommand {
		return 0
	}
	return ofWorkers + guardianSlack
}

// ward is one child's place with the guard of its System: taken by wardOf,
// handed to spawn, released once. All methods may be called on a nil ward,
// which is a child that nobody guards.
type ward struct {
	guard  *guard
	kind   wardKind
	thread chan<- func() // of the children that the kernel kills with it
	once   sync.Once
}

// Family returns what the children of the System share.
func (w *ward) Family() *osproc.Family {
	if w == nil {
		return nil
	}
	return &w.guard.family
}

// DiesWithParent reports whether the kernel is to kill the child when its parent dies.
//
// It must for all but Self workers: nobody else kills what dies between its
// spawn and its registration, and no other program is sure to read the end of
// its channel. A worker that comes to Main takes it back (keepGrace). What the
// child starts before it is registered is out of reach, if this process dies in
// that instant.
func (w *ward) DiesWithParent() bool { return w != nil && w.thread != nil }

// Spawn runs f, which starts the child, on the thread that outlives it.
func (w *ward) Spawn(f func()) {
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
func (w *ward) Started(pid int) {
	if w != nil {
		w.guard.add(pid, group{start: osproc.StartTime(pid), grace: w.kind.grace(w.guard.with.WorkerGrace)})
	}
}

// Ended forgets the child's group. It is called when the child has ended and
// its group was killed, but before it is reaped: afterwards the number may be a
// stranger's, which the guardian would kill for it.
func (w *ward) Ended(pid int) {
	if w != nil {
		w.guard.remove(pid)
	}
}

// Release ends the ward, when the child was reaped or never was. Only the
// first call counts. The last of a System that is being closed returns when the
// guardian has ended.
func (w *ward) Release() {
	if w != nil {
		w.once.Do(func() { w.guard.give(w) })
	}
}

// await returns when there is a guardian that will hear of the child.
func (w *ward) await(ctx context.Context) {
	if w != nil {
		w.guard.await(ctx)
	}
}
