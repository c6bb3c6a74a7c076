package procactor

import (
	"bytes"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

// crashOf is the panic or fatal error that a dead worker's crash channel and
// standard error tell of; nil when there was none. The runtime writes the first
// lines of a fatal error (not those of a panic) on standard error alone: the
// crash channel then has the stacks, which prove that there was one.
func crashOf(crash, stderr []byte) *actor.PanicError {
	if len(crash) == 0 {
		return nil
	}
	if p := parseCrash(crash); p != nil {
		return p
	}
	if p := parseCrash(fatalLines(stderr)); p != nil {
		p.Stack = bytes.Clone(crash)
		return p
	}
	return nil
}

// fatalLines is stderr from the lines that lead up to its last fatal error;
// nil when it has none. What a task logged before may look like one.
func fatalLines(stderr []byte) []byte {
	const lead = 3 // "goroutine stack exceeds", its bounds, and one to spare
	at := bytes.LastIndex(stderr, []byte("\nfatal error: ")) + 1
	if at == 0 && !bytes.HasPrefix(stderr, []byte("fatal error: ")) {
		return nil
	}
	from := at
	for line := at; line > 0 && bytes.Count(stderr[line:at], []byte("\n")) < lead; {
		line = bytes.LastIndexByte(stderr[:line-1], '\n') + 1
		if isCrashLine(stderr[line:]) {
			from = line
		}
	}
	return stderr[from:]
}

// parseCrash finds the Go panic or fatal error in what a dying worker wrote on
// its crash channel; nil when there is none. The text comes from the worker,
// so nothing in it is relied on.
func parseCrash(text []byte) *actor.PanicError {
	rest := text
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if isCrashLine(line) {
			return &actor.PanicError{Value: crashValue(line, after), Stack: bytes.Clone(after)}
		}
		rest = after
	}
	return nil
}

func isCrashLine(line []byte) bool {
	for _, prefix := range []string{"panic: ", "fatal error: ", "unexpected fault address", "runtime: goroutine stack exceeds"} {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return isCrashSignal(line)
}

// crashValue is the text of the error: the first line, and the fatal error that
// some first lines only lead up to.
func crashValue(line, after []byte) string {
	value := string(line)
	if !bytes.HasPrefix(line, []byte("panic: ")) && !bytes.HasPrefix(line, []byte("fatal error: ")) {
		for next := range bytes.Lines(after) {
			if bytes.HasPrefix(next, []byte("goroutine ")) {
				break
			}
			if bytes.HasPrefix(next, []byte("fatal error: ")) {
				value += ": " + string(bytes.TrimSpace(next))
				break
			}
		}
	}
	const most = 4 << 10
	if len(value) > most {
		value = value[:most]
	}
	return strings.ToValidUTF8(strings.TrimSpace(strings.TrimPrefix(value, "panic: ")), "\uFFFD")
}
