package procactor_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// stuckLog is a handler none of whose methods returns before goOn is closed.
type stuckLog struct {
	logBook
	goOn chan struct{}
}

func (l stuckLog) Enabled(context.Context, slog.Level) bool { <-l.goOn; return true }
func (l stuckLog) WithAttrs([]slog.Attr) slog.Handler       { <-l.goOn; return l }
func (l stuckLog) WithGroup(string) slog.Handler            { <-l.goOn; return l }

func (l stuckLog) Handle(ctx context.Context, r slog.Record) error {
	<-l.goOn
	return l.logBook.Handle(ctx, r)
}

// Nothing waits for a log that is stuck: not the start of a pool in a tree, not
// the replacement of its dead, and not the end.
func TestStuckLog(t *testing.T) {
	log := stuckLog{newLogBook(), make(chan struct{})}
	sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
	pool := supervise.Spec{Name: "top", Children: []supervise.ChildSpec{procactor.PoolChild("pool", quick(), procactor.PoolConfig{Size: 1})}}
	_, err := supervise.Start(t.Context(), sys, pool)
	require.NoError(t, err)
	worker := func() int {
		now := procactor.ProcessIDsAt(sys, "top/pool")
		if len(now) != 1 {
			return 0
		}
		return now[0]
	}
	for range 3 {
		dead := worker()
		require.NotZero(t, dead)
		killProcess(t, dead)
		require.Eventually(t, func() bool { return worker() != 0 && worker() != dead }, hangGuard, time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), hangGuard)
	defer cancel()
	require.NoError(t, sys.Close(ctx))
	close(log.goOn)
	require.NoError(t, sys.Close(ctx), "what the log has room for is handed on")
	assert.GreaterOrEqual(t, len(log.records), 3, "each death is told")
}
