package procactor_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deaths are the ways in which a task takes its process along.
func deaths() []string { return []string{"panic", "exit", "exit 0", "goexit"} }

// Guarantee(output): An item for which emit returned nil reaches the consumer before the error, even if the task panics or exits right after.
func TestEmittedItemsReachTheConsumerBeforeTheError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		size  int
		items int
	}{
		{"small ones", 8, 300},
		{"until the window is full", 1000, 9},
		{"one that passes the window, in CHUNKs", 100 << 10, 1},
	} {
		for _, end := range deaths() {
			for _, slow := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, slow consumer %v", c.name, end, slow), func(t *testing.T) {
					t.Parallel()
					w := procactor.Self()
					w.MaxFrame, w.Window = 4<<10, 8<<10
					p := start(t, w)
					down := pour.On(p).Watch(t.Context())
					got := 0
					var ended error
					for item, err := range pour.On(p).Stream(t.Context(), pouring{Items: c.items, Size: c.size, End: end}) {
						if err != nil {
							ended = err
							continue
						}
						require.EqualValues(t, got, binary.LittleEndian.Uint64(item))
						if got++; got == 1 && slow {
							wait(t, "the worker's end", down)
						}
					}
					failed(t, ended, actor.Unknown)
					assert.Equal(t, c.items, got)
				})
			}
		}
	}
}

// The streams of one worker write together: an item of one may go out with
// those of another, and STARTED with any of them.
func TestEmittedItemsOfManyStreamsReachTheirConsumers(t *testing.T) {
	t.Parallel()
	const streams = 8
	for _, end := range deaths() {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				p := start(t, procactor.Self())
				file := filepath.Join(t.TempDir(), "taken")
				var got [streams]int
				var all sync.WaitGroup
				for i := range streams {
					all.Go(func() {
						in := pouring{Items: 1 << 30, File: file, Place: i}
						if i == 0 {
							in.Items, in.End = 100, end
						}
						for _, err := range pour.On(p).Stream(t.Context(), in) {
							if err == nil {
								got[i]++
							}
						}
					})
				}
				all.Wait()
				numbers, err := os.ReadFile(file)
				require.NoError(t, err)
				for i := range streams {
					if len(numbers) >= 8*(i+1) {
						assert.GreaterOrEqual(t, got[i], int(binary.LittleEndian.Uint64(numbers[8*i:])), "stream %d", i)
					}
				}
			}
		})
	}
}

const rounds = 5
