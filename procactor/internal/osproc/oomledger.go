package osproc

import (
	"slices"
	"sync"
)

// oomCount is what one of the kernel's counts of kills for want of memory says.
type oomCount struct {
	counter string // the cgroup's directory, or machineCounter
	kills   uint64
}

// machineCounter is the count of the whole machine, which in a container is the
// host's.
const machineCounter = ""

// oomLedger remembers which of the kills that the kernel counted explain a death
// already: each explains one. Its zero value is ready, and all of its methods
// may be called from several goroutines.
//
// The kills of a counter have the numbers 1, 2, … in the order in which they
// were counted. What killed a process was counted after the first reading of the
// process, and up to the last.
type oomLedger struct {
	mu    sync.Mutex
	books []oomBook // who was used last is the last
}

// oomBook has the numbers of one counter that explain a death, as ranges in
// order.
type oomBook struct {
	counter string
	taken   []killRange
}

// killRange are the numbers from first to last.
type killRange struct{ first, last uint64 }

// What is remembered is bounded. What is forgotten first is of counters that
// have killed nobody for long, and of gaps that are the oldest: the kills of
// strangers, which could only be taken for that of a process older than they.
const (
	mostBooks  = 256
	mostRanges = 64
)

// explain says what the counts tell of a KILL that none of us sent. first are
// the readings that were taken when the process was started, or had come up;
// last those of its end, the nearest counter first. sure says that the first of
// these is that of the cgroup in which it died.
func (l *oomLedger) explain(first, last []oomCount, sure bool) Manner {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(last) == 0 {
		return MannerUntold
	}
	for i, now := range last {
		before, known := killsIn(first, now.counter)
		if !known && now.counter == machineCounter {
			return MannerUntold
		}
		if l.claim(now.counter, before, now.kills) {
			if now.counter == machineCounter || !known {
				return MannerPerhapsMemory
			}
			l.claimBeside(first, last[i+1:])
			return MannerMemory
		}
		if sure {
			break
		}
	}
	return MannerSomebody
}

// claimBeside takes the same kill where it was counted, too.
func (l *oomLedger) claimBeside(first, others []oomCount) {
	for _, now := range others {
		if before, known := killsIn(first, now.counter); known {
			l.claim(now.counter, before, now.kills)
		}
	}
}

func killsIn(readings []oomCount, counter string) (kills uint64, known bool) {
	for _, r := range readings {
		if r.counter == counter {
			return r.kills, true
		}
	}
	return 0, false
}

// claim takes the first kill of those after and up to these numbers that
// explains nobody yet: a later one may explain somebody for whom this one came
// too early.
func (l *oomLedger) claim(counter string, after, upTo uint64) bool {
	if upTo <= after {
		return false
	}
	i := slices.IndexFunc(l.books, func(b oomBook) bool { return b.counter == counter })
	book := oomBook{counter: counter}
	if i >= 0 {
		book = l.books[i]
		l.books = slices.Delete(l.books, i, i+1)
	}
	ok := book.claim(after, upTo)
	if l.books = append(l.books, book); len(l.books) > mostBooks {
		l.books = slices.Delete(l.books, 0, 1)
	}
	return ok
}

func (b *oomBook) claim(after, upTo uint64) bool {
	free, at := after+1, len(b.taken)
	for i, r := range b.taken {
		if free < r.first {
			at = i
			break
		}
		free = max(free, r.last+1)
	}
	if free > upTo {
		return false
	}
	b.taken = slices.Insert(b.taken, at, killRange{free, free})
	b.join(at)
	b.join(at - 1)
	if len(b.taken) > mostRanges {
		b.taken[1].first = b.taken[0].first
		b.taken = slices.Delete(b.taken, 0, 1)
	}
	return true
}

// join makes one range of that one and the next, if no number is between them.
func (b *oomBook) join(i int) {
	if i < 0 || i+1 >= len(b.taken) || b.taken[i].last+1 != b.taken[i+1].first {
		return
	}
	b.taken[i].last = b.taken[i+1].last
	b.taken = slices.Delete(b.taken, i+1, i+2)
}
