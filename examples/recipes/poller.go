package recipes

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// superviseGoroutine keeps poll running: it is restarted when it returns an
// error or panics, but not more than three times a minute.
func superviseGoroutine(ctx context.Context, sys *actor.System, poll func(context.Context) error) (*supervise.Supervisor, error) {
	return supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Strategy: supervise.OneForOne, Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{supervise.Go("poller", poll)},
	})
}
