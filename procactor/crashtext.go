package procactor

import (
	"bytes"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

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
	for _, prefix := range []string{"panic: ", "fatal error: ", "SIG", "unexpected fault address", "runtime: goroutine stack exceeds"} {
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
