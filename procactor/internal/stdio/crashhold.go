package stdio

import (
	"bytes"
	"strings"
	"time"
)

const (
	holdQuiet = 2 * time.Second  // without a line, and the program has not ended: it goes on living
	holdMost  = 10 * time.Second // from the first line
	holdDeep  = time.Minute      // likewise, of a stack overflow: the runtime walks a gigabyte of stack, and is quiet meanwhile
	holdLines = 256 << 10        // bytes of lines that are kept back
)

// crashHold keeps the lines back by which a Go program says that it dies: they
// are one attribute of the record of its death, not hundreds of records. It is
// pure: lines and the time go in, lines to be logged come out. A program that
// only printed such a line goes on living, and has its lines logged after all.
type crashHold struct {
	held    []string
	size    int
	dropped int       // bytes of lines that were too many to be kept back
	began   time.Time // of the first line
	latest  time.Time // of the last
}

// take returns the lines to be logged now.
func (h *crashHold) take(now time.Time, line string) []string {
	if len(h.held) == 0 {
		if !beginsCrash(line) {
			return []string{line}
		}
		h.began = now
	}
	h.latest = now
	if cost := len(line) + lineCost; h.size+cost > holdLines {
		h.dropped += len(line) + 1
	} else {
		h.held = append(h.held, line)
		h.size += cost
	}
	return nil
}

// due is when to ask again whether the program goes on living; zero while
// nothing is kept back.
func (h *crashHold) due() time.Time {
	if len(h.held) == 0 {
		return time.Time{}
	}
	if isStackOverflow(h.held[0]) {
		return h.began.Add(holdDeep)
	}
	if most := h.began.Add(holdMost); h.latest.Add(holdQuiet).After(most) {
		return most
	}
	return h.latest.Add(holdQuiet)
}

// expire returns the lines of a program that goes on living, and how many bytes
// of them were dropped.
func (h *crashHold) expire(now time.Time) (lines []string, dropped int) {
	if len(h.held) == 0 || now.Before(h.due()) {
		return nil, 0
	}
	return h.end(false)
}

// end returns what is to be logged at the end of the program: nothing of what
// the record of its crash has.
func (h *crashHold) end(crashed bool) (lines []string, dropped int) {
	lines, dropped = h.held, h.dropped
	*h = crashHold{}
	if crashed {
		return nil, 0
	}
	return lines, dropped
}

// beginsCrash reports whether a line of stderr may be the first by which the Go
// runtime says that the program dies.
func beginsCrash(line string) bool {
	return isCrashLine([]byte(line)) || strings.HasPrefix(line, "runtime: ") || strings.HasPrefix(line, "runtime/cgo: ")
}

// isStackOverflow reports whether a first line is that of a stack overflow.
func isStackOverflow(line string) bool {
	return strings.HasPrefix(line, "runtime: goroutine stack exceeds ")
}

// isCrashSignal reports whether a line is the runtime's about a signal, such as
// "SIGSEGV: segmentation violation".
func isCrashSignal(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(": "))
	return ok && bytes.HasPrefix(name, []byte("SIG")) && len(bytes.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) == 0
}
