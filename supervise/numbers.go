package supervise

import "sync"

// numbers keeps the numbers of instances by the path of their supervisor, so
// that none is given twice when supervisors are restarted.
type numbers struct {
	mu     sync.Mutex // protects the following
	byPath map[string]instances
}

// mostPaths bounds the memory of numbers, where supervisors of instances come
// and go under ever new ids.
const mostPaths = 10_000

// at returns how far the numbers at path have got.
func (n *numbers) at(path string) instances {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byPath[path]
}

// keep notes how far they have got.
func (n *numbers) keep(path string, i instances) {
	if i.last == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byPath == nil {
		n.byPath = make(map[string]instances)
	}
	if _, known := n.byPath[path]; !known && len(n.byPath) >= mostPaths {
		for any := range n.byPath {
			delete(n.byPath, any)
			break
		}
	}
	n.byPath[path] = i
}
