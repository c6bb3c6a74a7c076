package procactor_test

import (
	"context"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

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
