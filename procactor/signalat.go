package procactor

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// SignalAt sends a signal to the operating system's processes that run for the
// actor at the path, such as "top/web", and not to what these have started: to
// those of [ProcessIDsAt], and of a [CommandHost] to all of them.
//
// Errors: [actor.ErrNoActor] when none runs there, and what the system says of
// each that could not be signaled; Windows only knows os.Kill. It may be called
// from any goroutine.
func SignalAt(sys *actor.System, path string, sig os.Signal) error {
	return signalAt(sys, path, func(c *osproc.Child) error { return c.Signal(sig) })
}

// SignalGroupAt is [SignalAt] for these processes and all that is in their
// process groups. What leads no group of its own any more is signaled alone.
// Windows has no groups: the error is [errors.ErrUnsupported].
func SignalGroupAt(sys *actor.System, path string, sig os.Signal) error {
	return signalAt(sys, path, func(c *osproc.Child) error { return c.SignalGroup(sig) })
}

func signalAt(sys *actor.System, path string, signal func(*osproc.Child) error) error {
	var failed []error
	reached := false
	for _, c := range childrenAt(sys, path) {
		err := signal(c)
		switch {
		case err == nil:
			reached = true
		case !errors.Is(err, os.ErrProcessDone):
			failed = append(failed, fmt.Errorf("process %d: %w", c.Pid(), err))
		}
	}
	if !reached && len(failed) == 0 {
		return fmt.Errorf("%w: %s: %w", actor.ErrNoActor, path, errNotUp)
	}
	return errors.Join(failed...)
}

// childrenAt are the processes that run for the actor at the path.
func childrenAt(sys *actor.System, path string) (all []*osproc.Child) {
	for _, at := range []string{path, runFor(path)} {
		if r := DaemonAt(sys, at).find(); r != nil {
			return []*osproc.Child{r.child}
		}
	}
	c, err := coreAt(sys, path)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	seats := slices.Clone(c.seats)
	c.mu.Unlock()
	for _, s := range seats {
		all = append(all, childrenOf(s)...)
	}
	return all
}

// childrenOf are the processes of a place.
func childrenOf(place runner) (all []*osproc.Child) {
	switch s := place.(type) {
	case *seat:
		if c, ok := s.child.running.(*osproc.Child); ok {
			all = append(all, c)
		}
	case *commandSeat:
		for _, r := range s.underWay() {
			r.mu.Lock()
			if r.child != nil {
				all = append(all, r.child)
			}
			r.mu.Unlock()
		}
	}
	return all
}
