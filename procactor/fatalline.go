package procactor

import "bytes"

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
