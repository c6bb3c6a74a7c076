package deaths

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func life(n uint64) actor.PID { return actor.PID{Name: "pool#1", Incarnation: n} }

func TestDeathsCountOnce(t *testing.T) {
	t.Parallel()
	c := Watch(actor.NewSystem())
	first := actor.Down{PID: life(1), Reason: &procactor.ExitError{PID: 11, Code: 2}}
	c.Add(first, actor.Down{PID: life(2), Reason: &procactor.ExitError{PID: 11, Code: 3}}) // a number is used again
	c.Add(first)
	c.Add(actor.Down{PID: life(3), Reason: actor.ErrShutdown})
	assert.Equal(t, []report.Death{
		{PID: 11, Cause: "worker process 11 exited with status 2"},
		{PID: 11, Cause: "worker process 11 exited with status 3"},
	}, c.Stop())
}

func TestAwait(t *testing.T) {
	t.Parallel()
	c := Watch(actor.NewSystem())
	defer c.Stop()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	c.Add(actor.Down{PID: life(1), Reason: &procactor.ExitError{PID: 11}})
	require.NoError(t, c.Await(ended, 1, life(1)))
	assert.ErrorContains(t, c.Await(ended, 2), "1 of 2 deaths are missing")
	assert.ErrorContains(t, c.Await(ended, 1, life(2)), "the death of worker pool#1@2 is missing")

	told := make(chan error)
	go func() { told <- c.Await(t.Context(), 2, life(2)) }()
	c.Add(actor.Down{PID: life(2), Reason: &procactor.ExitError{PID: 12}})
	assert.NoError(t, <-told)
}

// Every life at a path is watched, not only the first.
func TestWatchFollowsRestarts(t *testing.T) {
	t.Parallel()
	sys, die := actor.NewSystem(), make(chan error)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:   "top",
		Policy: supervise.Policy{Intensity: 5, Period: time.Minute},
		Children: []supervise.ChildSpec{supervise.Go("w", func(ctx context.Context) error {
			select {
			case err := <-die:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		})},
	})
	require.NoError(t, err)
	c := Watch(sys, "top/w")
	for n := range 3 {
		die <- &procactor.ExitError{PID: n + 1, Code: 2}
		require.NoError(t, c.Await(t.Context(), n+1))
	}
	assert.Len(t, c.Stop(), 3)
	require.NoError(t, sup.Stop(t.Context()))
	require.NoError(t, sys.Close(t.Context()))
}

func TestCause(t *testing.T) {
	t.Parallel()
	fault := []byte("unexpected fault address 0x8000\nfatal error: fault\n[signal SIGSEGV: segmentation violation]\n\ngoroutine 1\n")
	tests := []struct {
		name string
		exit procactor.ExitError
		want string
	}{
		{"the runtime's reasons", procactor.ExitError{PID: 7, Code: 2, Stderr: fault}, "exited with status 2: unexpected fault address 0x8000; fatal error: fault; [signal SIGSEGV: segmentation violation]"},
		{"no reasons", procactor.ExitError{PID: 7, Code: 3}, "worker process 7 exited with status 3"},
		{"a signal says more", procactor.ExitError{PID: 7, Code: -1, Signal: syscall.SIGTERM, Killed: true, Why: errors.New("overdue"), Stderr: fault}, "worker process 7 was ended by us with signal 15 (terminated): overdue"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, cause(&tt.exit))
		})
	}
}
