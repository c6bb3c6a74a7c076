package procactor

import (
	"bytes"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

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
		if line := lastLine(stderr[start:at]); isAbortWord(line) {
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
