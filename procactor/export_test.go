package procactor

// ProcessID returns the process that serves the host now, zero if there is
// none; of a pool any.
func ProcessID(h Host) int {
	c, err := h.find()
	if err != nil {
		return 0
	}
	for _, w := range c.workers() {
		return w.Process
	}
	return 0
}

// Waiting returns how many requests wait for a worker of the host.
func Waiting(h Host) int {
	c, err := h.find()
	if err != nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.retries) + c.queue.Len()
}

// Unread returns how many bytes wait in the pipe for the process that serves
// the host.
func Unread(h Host) int {
	c, err := h.find()
	if err != nil {
		return 0
	}
	for _, s := range c.inService() {
		if s, ok := s.(*seat); ok {
			n, _ := s.conn.duplex.unread()
			return n
		}
	}
	return 0
}
