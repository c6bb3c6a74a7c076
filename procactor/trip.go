package procactor

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// trip is what has become of one request so far: it may be delivered more than
// once.
type trip struct {
	started int          // deliveries that may have begun to run
	lost    int          // deliveries that certainly did not start
	deaths  []actor.Down // that it is blamed for
	died    *ExitError   // of the latest delivery that may have begun to run
	pid     actor.PID    // the life that had that
}

const (
	// maxStarted bounds the deliveries of one request that may have begun to
	// run, however they ended.
	maxStarted = fatalDeaths
	// maxLost bounds those that certainly did not, such as to a worker that was
	// dying already. Each took a worker to end in the moment of sending.
	maxLost = 16
)

// goesOn takes note of how a delivery ended, and reports whether another
// follows: after one that certainly did not start, and after the death of a
// worker if the task is idempotent. Whoever is to blame, no request starts more
// than maxStarted times; the last of so many deaths goes on only to be blamed,
// which ends a request that is to blame for all.
func (t *trip) goesOn(r *request, o outcome) bool {
	a := o.answer
	died := workerDeath(a.err)
	switch {
	case a.err == nil && a.kind == wire.KindError && isStopping(a.payload),
		a.delivery == actor.NotStarted && a.err != nil,
		errors.Is(a.err, errLinkLost):
		t.lost++
	case died == nil, !r.info.Idempotent, a.delivery != actor.Unknown, r.items != nil:
		return false
	case errors.Is(died.Why, ErrSilent):
		return false // it may well be the request that silences workers
	default:
		t.started++
		t.died, t.pid = died, o.pid
		if t.started >= maxStarted && (!died.counts() || len(t.deaths) != fatalDeaths-1) {
			return false
		}
	}
	return t.lost <= maxLost
}

// reached is how far the request has got that waits for another delivery.
func (t *trip) reached() actor.Delivery {
	if t.started > 0 {
		return actor.Unknown
	}
	return actor.NotSent
}

// notAgain is the end of a request for which there is no next delivery, and err
// says why. One that may have run has ended by the death of its worker: whether
// somebody is there for it now says nothing about that one.
func (t *trip) notAgain(path string, err error) outcome {
	switch {
	case t.died == nil:
		return failed(actor.PID{Name: path}, t.reached(), err)
	case errors.Is(err, actor.ErrNoActor):
		return failed(t.pid, t.reached(), &endedError{t.died, err})
	}
	return failed(t.pid, t.reached(), fmt.Errorf("%w; before that, %w", err, t.died))
}

// endedError is the death of a worker after which nobody is there to be given
// the request again. It is the error of a call, and so not that of the actor.
type endedError struct {
	died *ExitError
	gone error
}

// Error tells each death once.
func (e *endedError) Error() string {
	gone := e.gone.Error()
	if end, ok := errors.AsType[*ExitError](e.gone); ok && end.PID == e.died.PID {
		gone = actor.ErrNoActor.Error()
	}
	return e.died.Error() + "; not delivered again: " + gone
}

// Unwrap returns the death.
func (e *endedError) Unwrap() error { return e.died }

// workerDeath returns the death that ended a call, nil when it was something
// else. A broken protocol is none: what was read cannot be trusted.
func workerDeath(err error) *ExitError {
	if err == nil {
		return nil
	}
	if _, broke := errors.AsType[*actor.ProtocolError](err); broke {
		return nil
	}
	e, _ := errors.AsType[*ExitError](err)
	return e
}

func isStopping(payload []byte) bool {
	f, err := wire.ParseError(payload)
	return err == nil && f.Class == wire.ClassStopping
}
