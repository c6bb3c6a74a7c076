package actor

import (
	"context"
	"fmt"
	"strings"
)

// Close stops all actors that were spawned on the system, in reverse order,
// one after the other; supervisors and pools stop what is theirs. Each has its
// own time to stop, and is killed after it. After the first Close nothing can be
// spawned; further calls wait like the first.
//
// The end of ctx is a kill of all that is left, after which Close returns within
// a bounded time; with a ctx that has ended before, nobody is asked. Whatever
// still runs is named by a *[CloseError], which wraps the error of a ctx that has
// ended. With nothing left, Close returns nil, whatever it took: it is the last
// resort, and has done what it is for.
//
// What was logged until then is handed on before Close returns. For a handler
// that does not return it waits for a second, and for a tenth of one after the
// end of ctx. A nil ctx is [ErrNoContext], and nothing is done.
//
// With a context of an actor of the system, whose end Close would wait for, it
// does nothing: [ErrSelfCall].
func (s *System) Close(ctx context.Context) error {
	if ctx == nil {
		return fmt.Errorf("close: %w", ErrNoContext)
	}
	for at, name := range owners(ctx) {
		if at == s {
			return fmt.Errorf("close: %w: it would wait for the end of %s, which asks for it; use a context of its own making", ErrSelfCall, name)
		}
	}
	s.mu.Lock()
	s.closed = true
	top := make([]*Life, 0, s.top.Len())
	for e := s.top.Back(); e != nil; e = e.Prev() {
		top = append(top, e.Value.(*Life)) //nolint:errcheck,forcetypeassert // the list holds nothing else
	}
	s.mu.Unlock()
	var cut error
	for _, l := range top {
		if err := l.end(ctx); err != nil {
			cut = err
		}
	}
	s.runners.close()
	running := s.running("")
	s.dead.flush(ctx, s)
	s.relay.Flush(ctx)
	if len(running) > 0 {
		return &CloseError{Running: running, Err: cut}
	}
	return nil
}

// CloseError names what a stop could not end: [System.Close], [System.Stop] and
// the stops of other packages return it. What still runs is a goroutine that
// ignores that it was asked to stop, which cannot be killed, only abandoned, or
// a process that has not ended though it was killed.
type CloseError struct {
	// Name is the path of what was to be stopped; empty for all of a System.
	Name string
	// Running are the lives that still run, at that path and beneath, sorted by
	// name. Such of an earlier stop or restart are among them. A start that a
	// supervisor could not interrupt is named by the supervisor.
	Running []PID
	// Err is that of the context whose end cut the stop short; nil when all had
	// their own time to stop.
	Err error
}

// Error names the lives that still run, and why they were not waited for any
// longer.
func (e *CloseError) Error() string {
	names := make([]string, len(e.Running))
	for i, p := range e.Running {
		names[i] = p.String()
	}
	msg := "did not stop and still run: " + strings.Join(names, ", ")
	if e.Name != "" {
		msg = "stop " + e.Name + ": " + msg
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap returns the error of the context whose end cut the stop short.
func (e *CloseError) Unwrap() error { return e.Err }
