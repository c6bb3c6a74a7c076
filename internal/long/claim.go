package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// claim is what the end of a call says of how often it has run. The ledger
// says how often it did.
type claim struct {
	call        uint64
	nature      *nature
	said        string // the end, in a word
	least, most int
}

// killing is what is known of the kill of a worker.
type killing struct{ ended time.Time } // when it was known to have ended; zero: not yet

// maxRuns is how often a call of an idempotent task may begin to run.
const maxRuns = 3

// claimOf reads the end of a call that was made at some time. The error says
// what must not be: such an end, or that nobody knows how far the call got
// though its worker was killed by nobody, or was dead before the call was made.
// killOf tells of a worker's kill.
func claimOf(n *nature, made time.Time, end error, killOf func(actor.PID) (killing, bool)) (claim, error) {
	c := claim{nature: n, said: "unknown", most: 1}
	if n.again {
		c.most = maxRuns
	}
	if end == nil {
		return c.succeeded()
	}
	call, ok := errors.AsType[*actor.CallError](end)
	_, exited := errors.AsType[*procactor.ExitError](end)
	given := errors.Is(end, context.Canceled)
	switch {
	case !ok:
		return c, fmt.Errorf("ended with %T: %w", end, end)
	case errors.Is(end, actor.ErrNoActor):
		return c, fmt.Errorf("the pool has given up: %w", end)
	case errors.Is(end, actor.ErrNotStarted) != (call.Delivery <= actor.NotStarted), errors.Is(end, actor.ErrOutcomeUnknown) != (call.Delivery == actor.Unknown):
		return c, fmt.Errorf("is of another class than %v: %w", call.Delivery, end)
	case call.Delivery <= actor.NotStarted && !n.canceled:
		return c, fmt.Errorf("did not start: %w", end)
	case call.Delivery <= actor.NotStarted && given:
		c.said, c.most = "not started", 0
		return c, nil
	case call.Delivery == actor.Done && given && n.canceled:
		c.said, c.least = "canceled in its task", 1
		return c, nil
	case call.Delivery == actor.Unknown && given && n.canceled:
		return c, nil
	case call.Delivery == actor.Unknown && exited:
		if k, killed := killOf(call.PID); !n.again { // otherwise it may be about an earlier delivery
			switch {
			case !killed:
				return c, fmt.Errorf("nobody has killed its worker: %w", end)
			case !k.ended.IsZero() && k.ended.Before(made):
				return c, fmt.Errorf("its worker had ended %v before the call was made: %w", made.Sub(k.ended), end)
			}
		}
		if _, poison := errors.AsType[*procactor.PoisonError](end); poison {
			c.said = "poison"
		}
		return c, nil
	}
	return c, fmt.Errorf("ended with %w", end)
}

func (c claim) succeeded() (claim, error) {
	switch {
	case c.nature.poisonous, c.nature.canceled:
		return c, errors.New("ended well")
	case c.nature.cast:
		c.said = "accepted"
	default:
		c.said, c.least = "answered", 1
	}
	return c, nil
}

// check holds the claim against the truth.
func (c claim) check(runs int) error {
	if runs < c.least || runs > c.most {
		return fmt.Errorf("%s: call %d ended as %q and has begun to run %d times", c.nature.name, c.call, c.said, runs)
	}
	return nil
}
