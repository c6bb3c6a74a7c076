package census

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/internal/scale"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		child  Child
		parent int
		ok     bool
	}{
		"12 (sh) S 7 12 12 0":          {Child{12, "sh", 'S'}, 7, true},
		"12 (a) R) Z 3 (b) Z 7 12":     {Child{12, "a) R) Z 3 (b", 'Z'}, 7, true},
		"12 (name with spaces) R 1 12": {Child{12, "name with spaces", 'R'}, 1, true},
		"":                             {},
		"12 sh S 7":                    {},
		"12 )sh( S 7":                  {},
		"12 (sh)":                      {},
		"x (sh) S 7":                   {},
		"12 (sh) S x":                  {},
	} {
		child, parent, ok := parseStat(text)
		assert.Equal(t, want.ok, ok, text)
		if want.ok {
			assert.Equal(t, want.child, child, text)
			assert.Equal(t, want.parent, parent, text)
		}
	}
}

// childOf starts a process that lives until it is told, and returns what tells
// it. It is not waited for.
func childOf(t *testing.T) (cmd *exec.Cmd, end func()) {
	t.Helper()
	cmd = exec.Command("cat")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, func() { _ = stdin.Close() }
}

// Not beside other tests: it counts what this process has.
func TestCensus(t *testing.T) {
	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &Watch{}
	before := Take()
	require.Positive(t, before.Goroutines)
	require.Positive(t, before.Descriptors)
	require.Positive(t, before.Threads)
	require.Positive(t, before.Heap)
	require.Positive(t, before.Resident)

	cmd, end := childOf(t)
	now := Take()
	assert.Equal(t, before.Children+1, now.Children)
	assert.Equal(t, before.Zombies, now.Zombies)
	assert.Greater(t, now.Descriptors, before.Descriptors, "the pipe, at least")
	assert.NotEmpty(t, Left(before, now))

	end()
	zombie := w.Settle(limited, func(c Count) bool { return c.Zombies > before.Zombies })
	assert.Equal(t, before.Zombies+1, zombie.Zombies, "nobody has waited for it")
	assert.Equal(t, before.Children+1, zombie.Children)

	require.NoError(t, cmd.Wait())
	after := w.Settle(limited, func(c Count) bool { return len(Left(before, c)) == 0 })
	assert.Empty(t, Left(before, after))

	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	assert.Equal(t, after.Descriptors+1, Glance().Descriptors)
	require.NoError(t, f.Close())
}

func TestSettleGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	looks := 0
	(&Watch{}).Settle(ctx, func(Count) bool {
		if looks++; looks == 3 {
			cancel()
		}
		return false
	})
	assert.GreaterOrEqual(t, looks, 3)
}

// What a watch opens to look is in no count: it would be there at times only.
// Not beside other tests, which open files.
func TestWatchIsNotCounted(t *testing.T) {
	w := NewWatch()
	defer w.Stop()
	first := w.Take().Descriptors
	for range scale.Rounds(t, 50, 500) {
		require.Equal(t, first, w.without(Glance).Descriptors)
	}
}

func TestWatch(t *testing.T) {
	if _, ok := childIDs(); !ok {
		t.Skip("the kernel was built without CONFIG_PROC_CHILDREN")
	}
	one, endOne := childOf(t)
	two, endTwo := childOf(t)
	w := NewWatch() // os forks a child of its own, once, before the first one
	ids, ok := childIDs()
	require.True(t, ok)
	assert.Subset(t, ids, []int{one.Process.Pid, two.Process.Pid})
	// Looks of our own: those of the ticker may be late.
	mine := &Watch{most: Unknown}
	mine.look()
	endOne()
	require.NoError(t, one.Wait())
	mine.look()
	mine.look()
	assert.Equal(t, 2, mine.most, "two at once, whatever ended since")
	assert.Equal(t, 2, mine.seen)
	endTwo()
	require.NoError(t, two.Wait())
	mine.look()
	assert.Equal(t, 2, mine.most)
	most, seen := w.Stop()
	assert.LessOrEqual(t, most, 2)
	assert.LessOrEqual(t, seen, 2)
}
