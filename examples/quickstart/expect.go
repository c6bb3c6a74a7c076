package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/alone"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/procactor"
)

// errNotShown says that something the quickstart is to show did not happen.
var errNotShown = errors.New("not shown")

// expectFate says what is wrong with the end of the goroutine that ran poison
// of that kind; nil for nothing.
func expectFate(kind poison.Kind, fate alone.Fate) error {
	if endless := !kind.EndsByItself(); fate.Running != endless || (fate.Text == "") != endless {
		return fmt.Errorf("%w: %s ended its goroutine by %s", errNotShown, kind, fate)
	}
	return nil
}

// expectError says what is wrong with the error of a call with poison of that
// kind; nil for nothing.
func expectError(kind poison.Kind, err error) error {
	poisonous, quarantined := errors.AsType[*procactor.PoisonError](err)
	switch {
	case !kind.EndsByItself() && errors.Is(err, context.DeadlineExceeded) && errors.Is(err, actor.ErrOutcomeUnknown):
		return nil
	case kind.EndsByItself() && quarantined && len(poisonous.Deaths) == 3 && allFatal(poisonous):
		return nil
	case err == nil:
		return fmt.Errorf("%w: %s was answered", errNotShown, kind)
	default:
		return fmt.Errorf("%w: %s ended its call with: %w", errNotShown, kind, err)
	}
}

// allFatal reports whether each death has the Go runtime's text.
func allFatal(err *procactor.PoisonError) bool {
	for _, down := range err.Deaths {
		if exit, ok := errors.AsType[*procactor.ExitError](down.Reason); !ok || exit.Panic == nil {
			return false
		}
	}
	return true
}
