package procactor

import "slices"

// someWait reports whether a call waits for a worker.
func (c *core) someWait() bool {
	if c.queue.Len() > 0 {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.retries, func(k *ticket) bool { return !k.isSettled() })
}

// tellWanted has the pool told, once, that calls wait: now, if some do, or when
// one begins to.
func (c *core) tellWanted() {
	c.tell.Store(true)
	c.begunToWait()
}

// begunToWait tells the pool that calls wait, if they do and it is to be told.
func (c *core) begunToWait() {
	if !c.tell.Load() || !c.someWait() || !c.tell.CompareAndSwap(true, false) {
		return
	}
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}
