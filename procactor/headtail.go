package procactor

import "fmt"

// evidence is how much of a stream's beginning, and of its end, is kept.
const evidence = 32 << 10

// headTail keeps the beginning and the end of what is written to it: the
// reason of a crash stands first, what led to it last. It also keeps the last
// line of a Go runtime's fatal error: the stacks of many goroutines, which come
// behind, would push it out.
type headTail struct {
	head    []byte
	tail    []byte // a ring once it is full
	at      int
	dropped int64
	fatal   fatalLine
}

func (h *headTail) write(p []byte) {
	h.fatal.write(p)
	if room := evidence - len(h.head); room > 0 {
		n := min(room, len(p))
		h.head = append(h.head, p[:n]...)
		p = p[n:]
	}
	if over := len(p) - evidence; over > 0 {
		h.dropped += int64(over)
		p = p[over:]
	}
	if room := evidence - len(h.tail); room > 0 {
		n := min(room, len(p))
		h.tail = append(h.tail, p[:n]...)
		p = p[n:]
	}
	for len(p) > 0 {
		n := copy(h.tail[h.at:], p)
		h.dropped += int64(n)
		h.at = (h.at + n) % evidence
		p = p[n:]
	}
}

// bytes returns both parts, with a note between them if something is missing,
// and in the midst of that a fatal error.
func (h *headTail) bytes() []byte {
	out := append([]byte(nil), h.head...)
	if len(h.tail) == 0 {
		return out
	}
	if h.dropped > 0 {
		before, after := h.dropped, int64(0)
		line := h.fatal.between(evidence, evidence+h.dropped)
		if line != nil {
			before = max(h.fatal.at-evidence, 0)
			after = max(h.dropped-before-int64(len(line)), 0)
		}
		out = fmt.Appendf(out, "\n... %d bytes left out ...\n", before)
		if line != nil {
			out = fmt.Appendf(out, "%s\n... %d bytes left out ...\n", line, after)
		}
	}
	out = append(out, h.tail[h.at:]...)
	return append(out, h.tail[:h.at]...)
}
