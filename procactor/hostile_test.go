package procactor_test

import (
	"context"
	"errors"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
)

func isProtocolError(err error) bool {
	_, ok := errors.AsType[*actor.ProtocolError](err)
	return ok
}

func isExitError(err error) bool {
	_, ok := errors.AsType[*procactor.ExitError](err)
	return ok
}

func TestHostileInPool(t *testing.T) {
	t.Parallel()
	procactortest.RunHostile(t, procactortest.HostileFixture{
		Lacks:  hostileLacks(t),
		Rounds: scale.Rounds(t, 1, 4),
		Start: func(ctx context.Context, sys *actor.System, name string, w procactor.Worker) (procactor.Host, error) {
			return procactor.StartPool(ctx, sys, name, w, procactor.PoolConfig{Size: 1})
		},
	})
}
