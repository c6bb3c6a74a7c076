//go:build unix

package procactor

import "sync"

// kin are the processes that this one has started for a System and not yet
// reaped, so that somebody who reaps strangers can tell them apart.
type kin struct {
	spawning sync.RWMutex // held for reading from a spawn until its child is known, for writing while strangers are reaped

	mu   sync.Mutex // protects the following
	pids map[int]int
}

// spawn runs f, which starts a process and returns its number, zero when none
// came of it. k may be nil: then nobody is told.
func (k *kin) spawn(f func() int) {
	if k == nil {
		f()
		return
	}
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
func (k *kin) forget(pid int) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pids[pid]--; k.pids[pid] <= 0 {
		delete(k.pids, pid)
	}
}

func (k *kin) has(pid int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pids[pid] > 0
}
