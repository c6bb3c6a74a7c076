package stdio

import (
	"bytes"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

// How the lines begin with which Go's runtime tells of an end.
const (
	panicPrefix  = "panic: "
	fatalPrefix  = "fatal error: "
	threadFailed = "runtime: failed to create new OS thread"
)

// CrashOf is the panic or fatal error that a dead worker's crash channel and
// standard error tell of, nil when there was none, and whether it was for want of
// memory. The runtime writes the first lines of a fatal error (not those of a
// panic) on standard error alone: the crash channel then has the stacks, which
// prove that there was one.
func CrashOf(crash, stderr []byte) (p *actor.PanicError, noMemory bool) {
	if len(crash) == 0 {
		return nil, false
	}
	if p := parseCrash(crash); p != nil {
		return withAbortWords(p, stderr), fatalForMemory(crash)
	}
	told := fatalLines(stderr)
	if p := parseCrash(told); p != nil {
		p.Stack = bytes.Clone(crash)
		return p, fatalForMemory(told)
	}
	return nil, false
}

// PanicIn finds the panic or fatal error that ended a plain Go program, or a
// worker that did not come to Main, in what it wrote last on stderr; nil when
// there is none. Its text is followed by a stack. Another program may write the
// like and mean nothing by it, and it is evidence only.
func PanicIn(stderr []byte) (p *actor.PanicError, noMemory bool) {
	stack := max(bytes.LastIndex(stderr, []byte("\ngoroutine ")), bytes.LastIndex(stderr, []byte("\nruntime stack:\n")))
	if stack < 0 {
		return nil, false
	}
	for end := stack; end > 0; {
		start := bytes.LastIndexByte(stderr[:end], '\n') + 1
		if beginsDump(stderr[start:]) {
			told := stderr[leadUp(stderr, start):]
			return withAbortWords(parseCrash(told), stderr), fatalForMemory(told)
		}
		end = start - 1
	}
	return nil, false
}

// beginsDump reports whether the text begins as a Go program's last words do.
func beginsDump(text []byte) bool {
	if line, after, _ := bytes.Cut(text, []byte("\n")); isCrashSignal(line) {
		return bytes.HasPrefix(after, []byte("PC="))
	}
	return beginsWith(text, panicPrefix, fatalPrefix)
}

// fatalLines is stderr from the lines that lead up to its last fatal error;
// nil when it has none. What a task logged before may look like one.
func fatalLines(stderr []byte) []byte {
	at := bytes.LastIndex(stderr, []byte("\n"+fatalPrefix)) + 1
	if at == 0 && !bytes.HasPrefix(stderr, []byte(fatalPrefix)) {
		return nil
	}
	return stderr[leadUp(stderr, at):]
}

// leadUp returns where the lines begin that lead up to the one at at. To a panic
// there are none.
func leadUp(text []byte, at int) int {
	if !bytes.HasPrefix(text[at:], []byte(fatalPrefix)) {
		return at
	}
	const lead = 3 // "goroutine stack exceeds", its bounds, and one to spare
	from := at
	for line := at; line > 0 && bytes.Count(text[line:at], []byte("\n")) < lead; {
		line = bytes.LastIndexByte(text[:line-1], '\n') + 1
		if leadsUp(text[line:]) {
			from = line
		}
	}
	return from
}

// parseCrash finds the Go panic or fatal error in what a dying worker wrote on
// its crash channel; nil when there is none. The text comes from the worker,
// so nothing in it is relied on.
func parseCrash(text []byte) *actor.PanicError {
	line, after := crashLine(text)
	if line == nil {
		return nil
	}
	return &actor.PanicError{Value: crashValue(line, after), Stack: bytes.Clone(bytes.TrimLeft(after, "\n"))}
}

// crashLine returns the first line that tells of an end, and what comes after
// it; nil when there is none.
func crashLine(text []byte) (line, after []byte) {
	for len(text) > 0 {
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if isCrashLine(line) {
			return line, text
		}
	}
	return nil, nil
}

func isCrashLine(line []byte) bool {
	return beginsWith(line, panicPrefix, fatalPrefix) || leadsUp(line) || isCrashSignal(line)
}

// leadsUp reports whether the line comes before that of a fatal error.
func leadsUp(line []byte) bool {
	return beginsWith(line, "unexpected fault address", "runtime: goroutine stack exceeds", threadFailed)
}

func beginsWith(line []byte, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return false
}

// crashValue is the text of the error: the first line, and the fatal error that
// some first lines only lead up to.
func crashValue(line, after []byte) string {
	value := string(line)
	if !bytes.HasPrefix(line, []byte(panicPrefix)) && !bytes.HasPrefix(line, []byte(fatalPrefix)) {
		if fatal := fatalAfter(after); fatal != nil {
			value += ": " + fatalPrefix + string(fatal)
		}
	}
	const most = 4 << 10
	if len(value) > most {
		value = value[:most]
	}
	return strings.ToValidUTF8(strings.TrimSpace(strings.TrimPrefix(value, panicPrefix)), "\uFFFD")
}

// fatalAfter is the text of the fatal error before the first stack; nil when
// there is none.
func fatalAfter(text []byte) []byte {
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("goroutine ")) {
			break
		}
		if fatal, ok := bytes.CutPrefix(line, []byte(fatalPrefix)); ok {
			return bytes.TrimSpace(fatal)
		}
	}
	return nil
}

// LastLine is the last line that has something, cut to 200 bytes.
func LastLine(b []byte) string {
	b = bytes.TrimSpace(b)
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		b = b[i+1:]
	}
	const most = 200
	if len(b) > most {
		b = b[:most]
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// goAbort is what Go's runtime tells of an abort in C code.
const goAbort = "SIGABRT: abort"

// withAbortWords adds to what Go's runtime tells of an abort in C code what that
// code said on stderr right before.
func withAbortWords(p *actor.PanicError, stderr []byte) *actor.PanicError {
	if p == nil || p.Value != goAbort {
		return p
	}
	at := bytes.LastIndex(stderr, []byte("\n"+goAbort+"\n"))
	const lines = 2 // "terminate called", and what
	for range lines {
		if at < 0 {
			break
		}
		start := bytes.LastIndexByte(stderr[:at], '\n') + 1
		if line := LastLine(stderr[start:at]); isAbortWord(line) {
			p.Value = goAbort + ": " + line
		}
		at = start - 1
	}
	return p
}

// isAbortWord knows what C libraries write before they call abort(3). Any other
// line may be an old one, and of something else.
func isAbortWord(line string) bool {
	if beginsWith([]byte(line), "terminate called ", "libc++abi: ", "runtime/cgo: ", "memory allocation of ", "*** ") {
		return true
	}
	for _, part := range []string{
		"Assertion `", "Assertion failed", // assert(3)
		"free(): ", "malloc(): ", "realloc(): ", "double free", "corrupted ", "munmap_chunk(): ", // glibc, of its heap
	} {
		if strings.Contains(line, part) {
			return true
		}
	}
	return false
}
