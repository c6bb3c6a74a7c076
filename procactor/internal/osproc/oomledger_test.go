package osproc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// killed is a process that a KILL of others ended.
type killed struct {
	name        string
	first, last []oomCount
	moved       bool // it is not known in which cgroup it died
	want        Manner
}

func in(counter string, kills uint64) oomCount { return oomCount{counter, kills} }
func onMachine(kills uint64) oomCount          { return oomCount{machineCounter, kills} }

func readings(t ...oomCount) []oomCount { return t }

func TestOOMLedgerExplains(t *testing.T) {
	t.Parallel()
	const a, b = "/sys/fs/cgroup/a", "/sys/fs/cgroup/b"
	for name, deaths := range map[string][]killed{
		"its cgroup has counted it": {
			{"w", readings(in(a, 3)), readings(in(a, 4)), false, MannerMemory},
		},
		"its cgroup has not": {
			{"w", readings(in(a, 3)), readings(in(a, 3)), false, MannerSomebody},
		},
		"the machine has counted one": {
			{"w", readings(onMachine(3)), readings(onMachine(4)), false, MannerPerhapsMemory},
		},
		"the machine has not": {
			{"w", readings(onMachine(3)), readings(onMachine(3)), false, MannerSomebody},
		},
		"nothing tells":             {{"w", nil, nil, false, MannerUntold}},
		"the machine tells since":   {{"w", nil, readings(onMachine(4)), false, MannerUntold}},
		"the machine tells no more": {{"w", readings(onMachine(4)), nil, false, MannerUntold}},
		"one kill, two deaths": {
			{"first", readings(in(a, 0)), readings(in(a, 1)), false, MannerMemory},
			{"second", readings(in(a, 0)), readings(in(a, 1)), false, MannerSomebody},
		},
		"two kills, three deaths, of which one was read early": {
			{"first", readings(in(a, 0)), readings(in(a, 1)), false, MannerMemory},
			{"second", readings(in(a, 0)), readings(in(a, 1)), false, MannerSomebody},
			{"third", readings(in(a, 0)), readings(in(a, 2)), false, MannerMemory},
		},
		"the old one takes the kill that came before the young": {
			{"old", readings(in(a, 0)), readings(in(a, 2)), false, MannerMemory},
			{"young", readings(in(a, 1)), readings(in(a, 2)), false, MannerMemory},
		},
		"a kill of before its time": {
			{"w", readings(in(a, 7)), readings(in(a, 7)), false, MannerSomebody},
		},
		"a counter for each": {
			{"in a", readings(in(a, 0)), readings(in(a, 1)), false, MannerMemory},
			{"in b", readings(in(b, 0)), readings(in(b, 1)), false, MannerMemory},
		},
		"it moved to a cgroup that has killed nobody": {
			{"w", readings(in(a, 3)), readings(in(b, 0)), false, MannerSomebody},
		},
		"it moved to a cgroup that may have killed it": {
			{"w", readings(in(a, 3)), readings(in(b, 1)), false, MannerPerhapsMemory},
		},
		"it may have moved, and the machine has counted one": {
			{"w", readings(in(a, 3), onMachine(5)), readings(in(a, 3), onMachine(6)), true, MannerPerhapsMemory},
		},
		"it may have moved, and the machine has not": {
			{"w", readings(in(a, 3), onMachine(5)), readings(in(a, 3), onMachine(5)), true, MannerSomebody},
		},
		"the cgroup's kill is the machine's, too": {
			{"in a", readings(in(a, 0), onMachine(5)), readings(in(a, 1), onMachine(6)), true, MannerMemory},
			{"by hand", readings(in(a, 1), onMachine(5)), readings(in(a, 1), onMachine(6)), true, MannerSomebody},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l oomLedger
			for _, d := range deaths {
				assert.Equal(t, d.want, l.explain(d.first, d.last, !d.moved), d.name)
			}
		})
	}
}

// However deaths overlap, each of those that are explained has a kill of its own
// time to itself, and none goes without that could have had one.
func TestOOMLedgerExplainsAsManyAsItCan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l oomLedger
		now := uint64(0)
		var taken []bool // by number; the model goes through all of them
		for range rapid.IntRange(1, 40).Draw(t, "deaths") {
			for range rapid.IntRange(0, 2).Draw(t, "kills") {
				now++
			}
			first := rapid.Uint64Range(0, now).Draw(t, "first")
			for uint64(len(taken)) <= now {
				taken = append(taken, false)
			}
			want := MannerSomebody
			for k := first + 1; k <= now; k++ {
				if !taken[k] {
					taken[k], want = true, MannerMemory
					break
				}
			}
			assert.Equal(t, want, l.explain(readings(in("a", first)), readings(in("a", now)), true))
		}
	})
}

func TestOOMLedgerIsBounded(t *testing.T) {
	t.Parallel()
	var l oomLedger
	for i := range uint64(3 * mostRanges) { // a stranger's kill between any two of ours
		assert.Equal(t, MannerMemory, l.explain(readings(in("a", 2*i)), readings(in("a", 2*i+1)), true))
	}
	assert.Len(t, l.books[0].taken, mostRanges)
	assert.Equal(t, MannerSomebody, l.explain(readings(in("a", 0)), readings(in("a", 1)), true), "it has explained the first")
	for i := range 3 * mostBooks {
		l.explain(readings(in(string(rune('b'+i)), 0)), readings(in(string(rune('b'+i)), 1)), true)
	}
	assert.Len(t, l.books, mostBooks)
	for range 10000 {
		l.explain(readings(onMachine(0)), readings(onMachine(10000)), true)
	}
	assert.Len(t, l.books[len(l.books)-1].taken, 1)
}
