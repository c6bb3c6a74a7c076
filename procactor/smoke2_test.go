package procactor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

func TestSmokePool(t *testing.T) {
	sys := actor.NewSystem()
	p, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 3})
	require.NoError(t, err)
	in := make([]int, 1000)
	for i := range in {
		in[i] = i
	}
	n := 0
	for v, err := range procactor.Map(t.Context(), square.On(p), slices.Values(in)) {
		require.NoError(t, err)
		require.Equal(t, n*n, v)
		n++
	}
	t.Log(p.Workers())
	for range 5 {
		_, err = misbehave.On(p).Call(t.Context(), "panic")
		t.Log(err)
	}
	_, err = misbehave.Idempotent().On(p).Call(t.Context(), "panic")
	t.Log(err)
	v, err := square.On(p).Call(t.Context(), 5)
	require.NoError(t, err)
	require.Equal(t, 25, v)
	start := time.Now()
	require.NoError(t, sys.Close(t.Context()))
	t.Log(time.Since(start))
}
