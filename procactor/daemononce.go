package procactor

import (
	"context"
	"math/rand/v2"
	"strconv"

	"github.com/proctor-dev/proctor/actor"
)

// RunDaemon runs a plain program in the System to its end, in the place of a
// function: nil when it exits with status 0, else the reason of its end. When
// ctx ends it is stopped, which is waited for, and the error is that of ctx.
func RunDaemon(ctx context.Context, sys *actor.System, d Daemon) error {
	name := "procactor:run:" + strconv.FormatUint(rand.Uint64(), 36) // nobody is to find it
	life, err := startDaemon(ctx, sys, name, d)
	if err != nil {
		return err
	}
	over := life.Over()
	select {
	case <-over:
		if reason := life.Reason(); !actor.IsNormal(reason) {
			return reason
		}
		return nil
	case <-ctx.Done():
		_ = sys.Stop(context.WithoutCancel(ctx), name) // it is bounded by the life's own time
		<-over
		return actor.ContextError(ctx)
	}
}
