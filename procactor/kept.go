package procactor

import (
	"sync"
	"sync/atomic"
)

// taskID tells one value of a Task from all others: each With method makes
// another. It has a size, since pointers to what has none may be equal.
type taskID struct{ _ byte }

// mostKept bounds the targets of one host. Who has more tasks than that makes
// some anew.
const mostKept = 256

// keptTargets are the targets that tasks have on one host, so that [Task.On] makes
// each once, and what a target keeps for its next call is used. They go with
// the host, and may be used by any goroutine. A program that derives a task for
// each call fills them again and again: then they are forgotten all at once, since
// to know which is used would cost every call more than a few that are made anew.
type keptTargets struct {
	first atomic.Pointer[keptTarget] // most hosts have one task; it is never forgotten
	rest  sync.Map                   // the target of each *taskID

	mu sync.Mutex // of who adds to rest
	n  int        // targets in rest
}

type keptTarget struct {
	task   *taskID
	target any
}

// of returns the target of the task; nil when there is none.
func (k *keptTargets) of(task *taskID) any {
	if f := k.first.Load(); f != nil && f.task == task {
		return f.target
	}
	target, _ := k.rest.Load(task)
	return target
}

// keep keeps the target of the task.
func (k *keptTargets) keep(task *taskID, target any) {
	if k.first.Load() == nil && k.first.CompareAndSwap(nil, &keptTarget{task, target}) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.n >= mostKept {
		k.rest.Clear()
		k.n = 0
	}
	if _, known := k.rest.Swap(task, target); !known {
		k.n++
	}
}

// kept returns how many there are.
func (k *keptTargets) kept() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first.Load() == nil {
		return 0
	}
	return 1 + k.n
}
