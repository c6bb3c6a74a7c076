package procactor_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	sys := actor.NewSystem()
	p, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, err)
	v, err := square.On(p).Call(t.Context(), 12)
	require.NoError(t, err)
	require.Equal(t, 144, v)
	big := bytes.Repeat([]byte("x"), 3<<20)
	b, err := echo.On(p).Call(t.Context(), big)
	require.NoError(t, err)
	require.Equal(t, big, b)
	n := 0
	for i, err := range count.On(p).Stream(t.Context(), 100000) {
		require.NoError(t, err)
		require.Equal(t, n, i)
		n++
	}
	require.Equal(t, 100000, n)
	for i, err := range count.On(p).Stream(t.Context(), 1000000) {
		require.NoError(t, err)
		if i == 10 {
			break
		}
	}
	var out, errb bytes.Buffer
	_, err = misbehave.On(p).Call(procactor.WithOutput(t.Context(), &out, &errb), "print")
	require.NoError(t, err)
	require.Equal(t, "out\n", out.String())
	require.Equal(t, "err\n", errb.String())
	_, err = misbehave.On(p).Call(t.Context(), "error")
	t.Log(err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	_, err = misbehave.On(p).Call(ctx, "wait")
	cancel()
	t.Log(err)
	_, err = misbehave.On(p).Call(t.Context(), "panic")
	t.Log(err)
	_, err = misbehave.On(p).Call(t.Context(), "panic")
	t.Log(err)
	require.NoError(t, sys.Close(t.Context()))
}

func BenchmarkEcho128(b *testing.B) {
	sys := actor.NewSystem()
	p, err := procactor.Start(b.Context(), sys, "w", procactor.Self())
	require.NoError(b, err)
	ref := echo.On(p)
	in := make([]byte, 128)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ref.Call(ctx, in); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	require.NoError(b, sys.Close(ctx))
}
