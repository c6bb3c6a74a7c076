package stdio

import (
	"bytes"
	"fmt"
)

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

// longestFatal is how much of the line of a fatal error is kept.
const longestFatal = 4 << 10

// fatalLine keeps the last line of a stream that begins as a fatal error of Go's
// runtime does.
type fatalLine struct {
	text []byte
	at   int64 // where it begins in the stream

	seen    int64 // bytes of the stream
	state   fatalState
	matched int // of the prefix, at the begin of a line
}

// fatalState is where in a line the stream is.
type fatalState uint8

const (
	fatalBegin fatalState = iota // all of the line so far is that of a fatal error
	fatalOther                   // it is another line
	fatalFound                   // it is that of a fatal error, which goes on
)

func (f *fatalLine) write(p []byte) {
	for len(p) > 0 {
		if f.state == fatalBegin {
			f.match(p[0])
			if f.state != fatalOther {
				f.seen++
				p = p[1:]
			}
			continue
		}
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		if f.state == fatalFound {
			f.text = append(f.text, part[:min(len(part), longestFatal-len(f.text))]...)
		}
		f.seen += int64(len(p) - len(rest))
		p = rest
		if ended {
			f.state, f.matched = fatalBegin, 0
		}
	}
}

// match looks at one byte more of the begin of a line.
func (f *fatalLine) match(c byte) {
	switch {
	case c != fatalPrefix[f.matched]:
		f.state = fatalOther
	case f.matched+1 < len(fatalPrefix):
		f.matched++
	default:
		f.state = fatalFound
		f.text = append(f.text[:0], fatalPrefix...)
		f.at = f.seen + 1 - int64(len(fatalPrefix))
	}
}

// between returns the line if some of it is in that part of the stream, else
// nil.
func (f *fatalLine) between(from, to int64) []byte {
	if len(f.text) == 0 || f.at >= to || f.at+int64(len(f.text)) <= from {
		return nil
	}
	return f.text
}
