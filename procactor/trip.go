package procactor

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// trip is what has become of one request so far: it may be delivered more than
// once.
type trip struct {
	started int       // deliveries that may have begun to run
	lost    int       // deliveries that certainly did not start
	deaths  []offense // that it is blamed for
	died    error     // the death that ended the latest delivery that may have begun to run; nil: none did
	pid     actor.PID // the life that had that
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
	switch {
	case a.err == nil && a.kind == wire.KindError && isStopping(a.payload),
		a.delivery == actor.NotStarted && a.err != nil,
		errors.Is(a.err, link.ErrLost):
		t.lost++
	case !mayBeOfAnother(a.death), !r.info.Idempotent, a.delivery != actor.Unknown, r.items != nil:
		return false
	default:
		t.started++
		t.died, t.pid = a.died, o.pid
		if t.started >= maxStarted && (a.death != osproc.DeathCounted || len(t.deaths) != fatalDeaths-1) {
			return false
		}
	}
	return t.lost <= maxLost
}

// mayBeOfAnother reports whether a delivery ended by a death after which another
// may be tried. It may well be the request that silences workers; and of one that
// broke the protocol nothing is relied on.
func mayBeOfAnother(d osproc.Death) bool {
	return d != osproc.DeathNone && d != osproc.DeathSilent && d != osproc.DeathBreach
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

func isStopping(payload []byte) bool {
	f, err := wire.ParseError(payload)
	return err == nil && f.Class == wire.ClassStopping
}
