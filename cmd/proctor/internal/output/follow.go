package output

import (
	"slices"
	"strings"
	"sync"
)

// Follower is handed new lines.
type Follower struct {
	board *Board
	child string

	mu    sync.Mutex // protects the following
	lines []Line
	lost  int
	came  chan struct{} // capacity 1
}

// Tail returns the last n lines of the child, or of those beneath it, in the
// order in which they came; of all when child is empty.
func (b *Board) Tail(child string, n int) []Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tail(child, n)
}

func (b *Board) tail(child string, n int) []Line {
	var all []Line
	for name, r := range b.kept {
		if beneath(name, child) {
			all = append(all, r.lines...)
		}
	}
	slices.SortStableFunc(all, func(a, b Line) int { return a.At.Compare(b.At) })
	return slices.Clone(all[max(0, len(all)-max(n, 0)):])
}

// beneath reports whether the path is of, or starts below.
func beneath(path, of string) bool {
	return of == "" || path == of || strings.HasPrefix(path, of+"/")
}

// Follow returns what Tail does, and who is handed each line that comes after
// that; Close must be called.
func (b *Board) Follow(child string, n int) ([]Line, *Follower) {
	f := &Follower{board: b, child: child, came: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.followers[f] = struct{}{}
	return b.tail(child, n), f
}

// Close ends the following.
func (f *Follower) Close() {
	f.board.mu.Lock()
	defer f.board.mu.Unlock()
	delete(f.board.followers, f)
}

// offer hands the follower a line, or counts it as lost when it is too far
// behind: nobody waits for a follower.
func (f *Follower) offer(l Line) {
	if !beneath(l.Child, f.child) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.lines) >= followWindow {
		f.lost++
	} else {
		l.Lost, f.lost = f.lost, 0
		f.lines = append(f.lines, l)
	}
	select {
	case f.came <- struct{}{}:
	default:
	}
}

// Came is filled when Take has something.
func (f *Follower) Came() <-chan struct{} { return f.came }

// Take returns what has come since the last time. Lost of a line is how many
// before it did not.
func (f *Follower) Take() []Line {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.lines
	f.lines = nil
	return lines
}
