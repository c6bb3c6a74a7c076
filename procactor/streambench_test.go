package procactor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// BenchmarkStream measures the items of one stream, and of several that one
// worker emits at once; an op is an item of each.
func BenchmarkStream(b *testing.B) {
	for _, streams := range []int{1, 8} {
		for _, size := range []int{16, 4 << 10} {
			b.Run(fmt.Sprintf("%dx%dB", streams, size), func(b *testing.B) {
				sys := actor.NewSystem()
				p, err := procactor.Start(b.Context(), sys, "w", procactor.Self())
				require.NoError(b, err)
				b.SetBytes(int64(streams * size))
				b.ResetTimer()
				var all sync.WaitGroup
				for range streams {
					all.Go(func() {
						for _, err := range pour.On(p).Stream(b.Context(), pouring{Items: b.N, Size: size}) {
							if err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
				b.StopTimer()
				require.NoError(b, sys.Close(context.Background()))
			})
		}
	}
}
