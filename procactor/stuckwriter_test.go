package procactor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stuck is a writer that never returns, until it is let go.
type stuck struct {
	begun chan struct{}
	once  sync.Once
	free  chan struct{}
}

func newStuck() *stuck { return &stuck{begun: make(chan struct{}), free: make(chan struct{})} }

func (s *stuck) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.begun) })
	<-s.free
	return len(p), nil
}

// A writer that is stuck keeps neither the caller, whose context has ended, nor,
// once it is let go, the worker.
func TestStuckWriterIsLeftBehind(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"print", "print and wait"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := procactor.Self()
			w.Grace = patience
			p := start(t, w)
			out := newStuck()
			ctx, cancel := context.WithCancel(t.Context())
			got := call(procactor.WithOutput(ctx, out, nil), misbehave.On(p), how)
			<-out.begun
			cancel()
			a := wait(t, "the call's end", got)
			if how != "print" || a.err != nil { // the answer may have been there in time
				require.ErrorIs(t, a.err, context.Canceled)
			}
			pid := procactor.ProcessID(p)
			close(out.free)
			works(t, p)
			assert.Equal(t, pid, procactor.ProcessID(p), "it was not replaced")
		})
	}
}

// A writer that is stuck for good costs its worker, when the grace is over.
func TestStuckWriterCostsItsWorker(t *testing.T) {
	t.Parallel()
	w := procactor.Self()
	w.Grace = 50 * time.Millisecond
	p := start(t, w)
	out := newStuck()
	defer close(out.free)
	down := misbehave.On(p).Watch(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	got := call(procactor.WithOutput(ctx, out, nil), misbehave.On(p), "print and wait")
	<-out.begun
	cancel()
	require.ErrorIs(t, wait(t, "the call's end", got).err, context.Canceled)
	assert.ErrorIs(t, wait(t, "the worker's end", down).Reason, procactor.ErrOverdue)
}
