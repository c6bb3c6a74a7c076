package mailbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRingIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r ring[int]
		var want []int
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				for range rapid.IntRange(1, 40).Draw(t, "n") {
					next++
					r.push(next)
					want = append(want, next)
				}
			},
			"pop": func(t *rapid.T) {
				for range rapid.IntRange(0, len(want)).Draw(t, "n") {
					assert.Equal(t, want[0], r.pop())
					want = want[1:]
				}
			},
			"discard": func(t *rapid.T) {
				marked := rapid.SliceOfN(rapid.Bool(), len(want), len(want)).Draw(t, "marked")
				var kept []int
				for i, v := range want {
					if !marked[i] {
						kept = append(kept, v)
					}
				}
				r.discard(marked)
				want = kept
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(want), r.n)
				for i, v := range want {
					require.Equal(t, v, r.at(i))
				}
				live := 0
				for _, v := range r.buf {
					if v != 0 {
						live++
					}
				}
				require.Equal(t, len(want), live, "a free slot refers to nothing")
				if r.n == 0 {
					require.LessOrEqual(t, len(r.buf), keepSlots)
				}
			},
		})
	})
}

func TestRingGrowth(t *testing.T) {
	var r ring[int]
	var sizes []int
	note := func() {
		if len(sizes) == 0 || sizes[len(sizes)-1] != len(r.buf) {
			sizes = append(sizes, len(r.buf))
		}
	}
	note()
	for v := range 33 {
		r.push(v)
		note()
	}
	assert.Equal(t, []int{0, 1, 4, 16, 32, 64}, sizes)
	for range 33 {
		r.pop()
	}
	assert.Empty(t, r.buf)
	r.push(1)
	assert.Len(t, r.buf, keepSlots, "a ring that once was large does not grow step by step again")
}

func TestRingAppendTo(t *testing.T) {
	var r ring[int]
	for v := range 6 {
		r.push(v)
	}
	r.pop()
	assert.Equal(t, []int{9, 1, 2, 3, 4, 5}, r.appendTo([]int{9}))
	assert.Equal(t, ring[int]{}, r)
}
