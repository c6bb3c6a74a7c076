package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// runner is what runs a core's calls: a worker process, or what starts a process
// for each call.
type runner interface {
	// allowed is how many calls of a task may run at once here, of want.
	allowed(task string, want int) int
	// tasks are those that are known before a call comes.
	tasks() []wire.TaskInfo
	// serves tells whether a request can be run here as its caller means it.
	serves(r *request) error
	// exchangeWith runs the request, waits for its end or that of ctx, and gives
	// the lease back when the runner is free again.
	exchangeWith(ctx context.Context, r *request, attempt int) outcome
	// process is the id of a process that runs here, zero when there is none.
	process() int
	// watch sees to the end of the life; on a goroutine of its own.
	watch()
	leased() *leases
}

// opener makes the runner of one life. With an error that a death of a process
// explains comes what that death means.
type opener func(ctx context.Context, c *core, l *actor.Life) (runner, osproc.Death, error)

// leases counts the calls of one runner. The numbers are protected by core.mu.
type leases struct {
	core *core
	life *actor.Life

	running int // calls, given-up ones included
	limit   int // how many may run beside the ones that run
}

func (l *leases) leased() *leases { return l }

// mayTake reports whether a call of a task may begin of which want may run at
// once; with core.mu held. A task that runs alone has the runner to itself.
func (l *leases) mayTake(want int) bool {
	return l.running == 0 || l.running < min(l.limit, want)
}

// take counts a call in; with core.mu held.
func (l *leases) take(want int) {
	if l.running == 0 {
		l.limit = want
	}
	l.running++
	l.limit = min(l.limit, want)
}

// give counts a call out; with core.mu held.
func (l *leases) give() { l.running-- }

// release gives a lease back, when the call has ended in the worker too.
func (l *leases) release() {
	c := l.core
	c.mu.Lock()
	l.give()
	someWait, quiet := c.queued || len(c.retries) > 0, len(c.waiting) > 0
	c.mu.Unlock()
	if someWait {
		c.assign()
	}
	if quiet {
		c.changed()
	}
}
