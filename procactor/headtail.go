package procactor

import "fmt"

// evidence is how much of a stream's beginning, and of its end, is kept.
const evidence = 32 << 10

// headTail keeps the beginning and the end of what is written to it: the
// reason of a crash stands first, what led to it last.
type headTail struct {
	head    []byte
	tail    []byte // a ring once it is full
	at      int
	dropped int64
}

func (h *headTail) write(p []byte) {
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

// bytes returns both parts, with a note between them if something is missing.
func (h *headTail) bytes() []byte {
	if len(h.tail) == 0 {
		return append([]byte(nil), h.head...)
	}
	out := append([]byte(nil), h.head...)
	if h.dropped > 0 {
		out = fmt.Appendf(out, "\n... %d bytes left out ...\n", h.dropped)
	}
	out = append(out, h.tail[h.at:]...)
	return append(out, h.tail[:h.at]...)
}
