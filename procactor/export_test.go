package procactor

import (
	"context"
	"log/slog"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// ProcessID returns the process that serves the host now, zero if there is
// none; of a pool any.
func ProcessID(h Host) int {
	c, err := ownOf(h).find()
	if err != nil {
		return 0
	}
	for _, w := range c.workers() {
		return w.Process
	}
	return 0
}

// Workers returns what takes calls of the host now.
func Workers(h Host) []WorkerInfo {
	c, err := ownOf(h).find()
	if err != nil {
		return nil
	}
	return c.workers()
}

// Kept returns how many targets of tasks the host keeps.
func Kept(h Host) int { return ownOf(h).targets().kept() }

// Waiting returns how many requests wait for a worker of the host.
func Waiting(h Host) int {
	c, err := ownOf(h).find()
	if err != nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.retries) + c.queue.Len()
}

// Unread returns how many bytes wait in the pipe for the process that serves
// the host.
func Unread(h Host) int {
	c, err := ownOf(h).find()
	if err != nil {
		return 0
	}
	for _, s := range livesOf(c) {
		if d, ok := s.child.frames.(*osproc.Duplex); ok {
			n, _ := d.Unread()
			return n
		}
	}
	return 0
}

// Unanswered returns how many pings the worker that serves the host has left
// unanswered.
func Unanswered(h Host) uint64 {
	c, err := ownOf(h).find()
	if err != nil {
		return 0
	}
	for _, s := range livesOf(c) {
		return s.conn.Unanswered()
	}
	return 0
}

// Postponed reports whether the worker that serves the host is to be ended, and
// that was put off.
func Postponed(h Host) bool {
	c, err := ownOf(h).find()
	if err != nil {
		return false
	}
	for _, s := range livesOf(c) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.orders) > 0 && len(s.order) == 0
	}
	return false
}

// livesOf returns the worker processes that are in service.
func livesOf(c *dispatcher) (lives []*workerLife) {
	for _, r := range c.inService() {
		if s, ok := r.(*workerLife); ok {
			lives = append(lives, s)
		}
	}
	return lives
}

// CommandAlone is commandAlone, which no test could reach otherwise.
func CommandAlone[In, Out any](ctx context.Context, t Task[In, Out], c Commands, in In) (Out, error) {
	return commandAlone(ctx, context.Background(), t, c, slog.New(slog.DiscardHandler), in)
}

// Quiet waits until nothing waits and nothing runs.
func Quiet(ctx context.Context, h Host) error {
	c, err := ownOf(h).find()
	if err != nil {
		return err
	}
	return c.drained(ctx)
}
