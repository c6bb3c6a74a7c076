package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// Many goroutines ask, crash and call at once, outside of a bubble: in the end
// everything that was asked is answered and everything that was started is gone.
func TestEverybodyAtOnce(t *testing.T) {
	sys := quiet()
	echo := func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(_ context.Context, n int) (int, error) {
			if n%7 == 0 {
				panic("seven")
			}
			return n, nil
		})
	}
	policy := supervise.Policy{Strategy: supervise.RestForOne, Intensity: 1 << 30}
	inner := supervise.Spec{Name: "s", Policy: policy, Children: []supervise.ChildSpec{supervise.Actor("e", echo), idle("i")}}
	sup := start(t, sys, policy, supervise.Actor("e", echo), idle("i"), supervise.Child(inner))

	const rounds = 100
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			id := fmt.Sprint("dynamic", g)
			for range rounds {
				_, err := sup.StartChild(t.Context(), idle(id))
				assert.NoError(t, err)
				// A group restart may start it between the two.
				for err = errors.New("once"); err != nil; err = sup.DeleteChild(t.Context(), id) {
					assert.NoError(t, sup.TerminateChild(t.Context(), id))
				}
			}
		})
		wg.Go(func() {
			path := []string{"top/e", "top/s/e"}[g%2]
			ref := actor.RefAt[int, int](sys, path)
			for n := range rounds {
				got, err := ref.Call(t.Context(), n)
				if err == nil {
					assert.Equal(t, n, got)
				}
			}
		})
		wg.Go(func() {
			path := []string{"top/i", "top/s/i", "top/e", "top/s/e"}[g]
			for range rounds {
				if pid, ok := sys.PIDAt(path); ok {
					_ = sys.Exit(pid, errCrash) // it may be gone by now
				}
				_, err := sup.CountChildren(t.Context())
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	counts, err := sup.CountChildren(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 3, counts.Specs)
	require.NoError(t, sup.Stop(t.Context()))
	for _, path := range []string{"top", "top/e", "top/i", "top/s", "top/s/e", "top/s/i"} {
		_, there := sys.CellAt(path)
		assert.False(t, there, path)
	}
	require.NoError(t, sys.Close(t.Context()))
}
