package census_test

import (
	"math/rand/v2"
	"testing"

	"github.com/proctor-dev/proctor/internal/census"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGrowth(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		x, y []int
		want float64
	}{
		"nothing":                   {nil, nil, 0},
		"one point":                 {[]int{5}, []int{7}, 0},
		"the same place":            {[]int{5, 5}, []int{7, 9}, 0},
		"flat":                      {[]int{0, 10, 20}, []int{4, 4, 4}, 0},
		"a line":                    {[]int{0, 10, 20}, []int{0, 5, 10}, 10},
		"shrinking":                 {[]int{0, 10, 20}, []int{10, 5, 0}, -10},
		"one outlier says nothing":  {[]int{0, 1, 2, 3, 4}, []int{7, 7, 900, 7, 7}, 0},
		"a high end says nothing":   {[]int{0, 1, 2, 3, 4, 5}, []int{7, 7, 7, 7, 7, 900}, 0},
		"a low beginning, neither":  {[]int{0, 1, 2, 3, 4, 5}, []int{1, 7, 7, 7, 7, 7}, 0},
		"steps of one for each two": {[]int{0, 1, 2, 3, 4, 5}, []int{0, 0, 1, 1, 2, 2}, 2.5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.InDelta(t, c.want, census.Growth(c.x, c.y), 1e-9)
		})
	}
}

// series are samples whose numbers f says.
func series(n int, f func(i int) census.Count) []census.Sample {
	var all []census.Sample
	for i := range n {
		all = append(all, census.Sample{After: 100 * (i + 1), Count: f(i)})
	}
	return all
}

func TestGrowing(t *testing.T) {
	t.Parallel()
	bounds := census.Bounds{Heap: 1 << 10, Resident: 1 << 20, Threads: 2}
	for name, c := range map[string]struct {
		of   func(i int) census.Count
		want string // in the one finding; empty for none
	}{
		"flat":                           {func(int) census.Count { return census.Count{Goroutines: 9, Descriptors: 7, Heap: 1 << 20} }, ""},
		"noise":                          {func(int) census.Count { return census.Count{Goroutines: 9, Heap: 1<<20 + rand.IntN(256)} }, ""},
		"what fills at first":            {func(i int) census.Count { return census.Count{Heap: min(i, 6) << 20, Goroutines: min(i, 6)} }, ""},
		"one for each sample":            {func(i int) census.Count { return census.Count{Goroutines: i} }, "goroutines grow"},
		"one for each third sample":      {func(i int) census.Count { return census.Count{Descriptors: i / 3} }, "descriptors grow"},
		"a zombie for each fifth sample": {func(i int) census.Count { return census.Count{Zombies: i / 5} }, "zombies grow"},
		"children":                       {func(i int) census.Count { return census.Count{Children: i} }, "child processes grow"},
		"threads within bounds":          {func(i int) census.Count { return census.Count{Threads: i / 10} }, ""},
		"threads":                        {func(i int) census.Count { return census.Count{Threads: i} }, "threads grow"},
		"heap within bounds":             {func(i int) census.Count { return census.Count{Heap: 50 * i} }, ""},
		"heap":                           {func(i int) census.Count { return census.Count{Heap: 100 * i} }, "bytes of heap grow"},
		"resident":                       {func(i int) census.Count { return census.Count{Resident: 100_000 * i} }, "bytes of memory grow"},
		"unknown":                        {func(int) census.Count { return census.Count{Children: census.Unknown} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := census.Growing(series(20, c.of), bounds)
			if c.want == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Contains(t, found[0], c.want)
		})
	}
	assert.Empty(t, census.Growing(nil, bounds))
}

func TestLeft(t *testing.T) {
	t.Parallel()
	before := census.Count{Goroutines: 3, Descriptors: 9, Children: 1, Heap: 100, Threads: 5}
	assert.Empty(t, census.Left(before, before))
	assert.Empty(t, census.Left(before, census.Count{Heap: 1 << 30, Threads: 9}), "memory and threads are the runtime's to keep")
	assert.Equal(t,
		[]string{"3 goroutines before, 4 after", "9 descriptors before, 11 after", "1 child processes before, 2 after", "0 zombies before, 1 after"},
		census.Left(before, census.Count{Goroutines: 4, Descriptors: 11, Children: 2, Zombies: 1}))
}
