package procactor

import (
	"errors"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// trip is what has become of one request so far: it may be delivered more than
// once.
type trip struct {
	started int          // deliveries that may have begun to run
	lost    int          // deliveries that ended through no fault of the request
	deaths  []actor.Down // that it is blamed for
	last    error        // of the latest delivery
}

// maxLost bounds the deliveries of one request that ended through no fault of
// its own, such as to a worker that was dying already. Each took a worker to
// end in the moment of sending, or somebody to end it while it ran.
const maxLost = 16

// goesOn takes note of how a delivery ended, and reports whether another
// follows: always after one that certainly did not start, and after the death
// of a worker if the task is idempotent.
func (t *trip) goesOn(r *request, o outcome) bool {
	a := o.answer
	died := workerDeath(a.err)
	switch {
	case a.err == nil && a.kind == wire.KindError && isStopping(a.payload),
		a.delivery == actor.NotStarted && died != nil,
		errors.Is(a.err, errLinkLost):
		t.lost++
	case died == nil, !r.info.Idempotent, a.delivery != actor.Unknown, r.items != nil:
		return false
	case died.counts():
		t.started++
	case errors.Is(died.Why, ErrSilent):
		return false // it may well be the request that silences workers
	default:
		t.started++
		t.lost++
	}
	t.last = a.err
	return t.lost <= maxLost
}

// reached is how far the request has got that waits for another delivery.
func (t *trip) reached() actor.Delivery {
	if t.started > 0 {
		return actor.Unknown
	}
	return actor.NotSent
}

// why adds the latest death to the reason for which there is no next delivery.
func (t *trip) why(err error) error {
	if t.started == 0 {
		return err
	}
	return errors.Join(err, t.last)
}

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
