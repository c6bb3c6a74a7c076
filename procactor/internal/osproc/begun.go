package osproc

import (
	"os"
	"sync"
	"sync/atomic"
	"unsafe"
)

// BegunPage is memory that a parent shares with one worker. The worker keeps in
// it where, in the bytes of its requests, the last one ends that it has begun.
// It survives the worker, so that its parent knows of each request whether it
// can have run: a pipe tells only what was read, and the kernel still reads for
// a process that was killed, which never looks at it.
//
// A nil page tells nothing. All methods may be called from any goroutine.
type BegunPage struct {
	mu     sync.Mutex  // protects the following
	memory begunMemory // nil when it was given back
}

// BegunSize is how long it is: two numbers of 64 bits.
const BegunSize = 16

// begunMemory is a page as its parent sees it. The worker may do with it what
// it likes.
type begunMemory interface {
	load() (words [2]uint64, ok bool)
	free()
}

// Begun returns how far the worker got; false when it did not tell.
func (p *BegunPage) Begun() (end uint64, ok bool) {
	if p == nil {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.memory == nil {
		return 0, false
	}
	w, ok := p.memory.load()
	return w[0], ok && w[1] == ^w[0]
}

// Close gives the memory back.
func (p *BegunPage) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.memory != nil {
		p.memory.free()
		p.memory = nil
	}
}

// BegunMark is the same page as its worker sees it: a number, and its
// complement, which memory that nobody has written does not have. The zero
// BegunMark is of no page. Its methods may be called from any goroutine.
type BegunMark struct{ words *[2]atomic.Uint64 }

// Note says that the worker begins the request that ends there. The complement
// comes first: a worker that dies between the two has told nothing.
func (m BegunMark) Note(end uint64) {
	if m.words == nil {
		return
	}
	m.words[1].Store(^end)
	m.words[0].Store(end)
}

// markIn is the mark in memory that is mapped.
func markIn(mem []byte) BegunMark {
	return BegunMark{(*[2]atomic.Uint64)(unsafe.Pointer(unsafe.SliceData(mem)))}
}

// mappedPage is the memory of a page where a worker cannot take it away from
// its parent, who has it mapped.
type mappedPage struct {
	mem   []byte
	unmap func(mem []byte)
}

func (m mappedPage) load() ([2]uint64, bool) {
	w := markIn(m.mem).words
	return [2]uint64{w[0].Load(), w[1].Load()}, true
}

func (m mappedPage) free() { m.unmap(m.mem) }

// newBegunPage makes a page, and the file by which a worker opens it. Without
// one less is known of a worker's death, so that it is no error.
func newBegunPage() (*BegunPage, *os.File) {
	memory, theirs, err := makeBegun(BegunSize)
	if err != nil {
		return nil, nil
	}
	return &BegunPage{memory: memory}, theirs
}
