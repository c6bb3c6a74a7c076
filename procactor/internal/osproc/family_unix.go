//go:build unix

package osproc

import (
	"sync"

	"github.com/proctor-dev/proctor/internal/descriptors"
)

// Family is what the processes have in common that are started for one owner.
// Its zero value is ready. All methods may be called from any goroutine, and on
// a nil family, which knows and remembers nothing.
type Family struct {
	children ownChildren
	oom      oomWatch
	lookout  descriptors.Lookout // for what is inherited
}

// spawn runs f, which starts a process and returns its number, zero when none
// came of it.
func (f *Family) spawn(start func() int) {
	if f == nil {
		start()
		return
	}
	f.children.spawn(start)
}

// forget is called after the process was reaped.
func (f *Family) forget(pid int) {
	if f != nil {
		f.children.forget(pid)
	}
}

// memory is who keeps the ledger of deaths for want of memory; nil: nobody.
func (f *Family) memory() *oomWatch {
	if f == nil {
		return nil
	}
	return &f.oom
}

// looks looks for what a child inherits.
func (f *Family) looks() *descriptors.Lookout {
	if f == nil {
		return &descriptors.Lookout{}
	}
	return &f.lookout
}

// ownChildren are the processes that this one has started for an owner and not yet
// reaped, so that somebody who reaps strangers can tell them apart.
type ownChildren struct {
	spawning sync.RWMutex // held for reading from a spawn until its child is known, for writing while strangers are reaped

	mu   sync.Mutex // protects the following
	pids map[int]int
}

// spawn runs f, which starts a process and returns its number, zero when none
// came of it.
func (k *ownChildren) spawn(f func() int) {
	k.spawning.RLock()
	defer k.spawning.RUnlock()
	pid := f()
	if pid == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pids == nil {
		k.pids = make(map[int]int)
	}
	k.pids[pid]++ // the last owner of the number may not have been forgotten yet
}

// forget is called after the process was reaped.
func (k *ownChildren) forget(pid int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pids[pid]--; k.pids[pid] <= 0 {
		delete(k.pids, pid)
	}
}

func (k *ownChildren) has(pid int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pids[pid] > 0
}
