package stdio

import (
	"bytes"
	"slices"
	"strings"
)

// fatalForMemory reports whether the fatal error of Go's runtime with which the
// text begins, or to which its first lines lead up, is for want of memory. A
// panic of the program's own is not, whatever its text.
func fatalForMemory(text []byte) bool {
	line, after := crashLine(text)
	if bytes.HasPrefix(line, []byte(threadFailed)) {
		const wantOfMemory = "; errno=12)" // ENOMEM; EAGAIN is most often for another limit, such as RLIMIT_NPROC
		return bytes.HasSuffix(line, []byte(wantOfMemory))
	}
	fatal, leads := bytes.CutPrefix(line, []byte(fatalPrefix))
	switch {
	case bytes.HasPrefix(line, []byte(panicPrefix)):
		return false
	case !leads:
		fatal = fatalAfter(after)
	}
	return slices.ContainsFunc(memoryFatals(), func(part string) bool { return bytes.Contains(fatal, []byte(part)) })
}

// memoryFatals are parts of what Go's runtime throws when the system, or a
// limit, gives it no memory, or its C code none: in Go 1.26 runtime/malloc.go,
// mem_linux.go, mheap.go, mpagealloc_64bit.go, cmd/cgo/out.go and others.
func memoryFatals() []string {
	return []string{
		"out of memory", // also as "runtime: out of memory", "out of memory (stackalloc)" and more
		"runtime: cannot allocate memory",
		"runtime: cannot map pages in arena address space",
		"failed to reserve page summary memory", // at its very start
		"memory reservation exceeds address space limit",
		"failed to allocate aligned heap memory",
		"runtime: C malloc failed", // of C.malloc, C.CString and C.CBytes
	}
}

// AbortTextForMemory reports whether the text of a Go program's end has, behind
// its abort in C code, that this was for want of memory.
func AbortTextForMemory(text string) bool {
	words, told := strings.CutPrefix(text, goAbort+": ")
	return told && abortsForMemory(words)
}

// AbortedForMemory reports whether a program that aborted said last that it did
// so for want of memory.
func AbortedForMemory(stderr []byte) bool {
	for line := range bytes.Lines(lastWords(stderr)) {
		if abortsForMemory(strings.TrimSpace(string(line))) {
			return true
		}
	}
	return false
}

// lastWords is what of stderr may be of its end: runtimes add a stack.
func lastWords(stderr []byte) []byte {
	const near = 8 << 10
	return stderr[max(0, len(stderr)-near):]
}

// abortsForMemory knows the lines after which a runtime aborts.
func abortsForMemory(line string) bool {
	switch {
	case strings.HasPrefix(line, "terminate called after throwing an instance of 'std::bad_alloc'"): // libstdc++
	case strings.HasPrefix(line, "libc++abi: ") && strings.Contains(line, "std::bad_alloc"):
	case strings.HasPrefix(line, "memory allocation of ") && strings.HasSuffix(line, " bytes failed"): // Rust
	case strings.HasPrefix(line, "FATAL ERROR: ") && strings.Contains(line, "out of memory"): // Node.js
	case strings.HasPrefix(line, "# Fatal process out of memory"), strings.HasPrefix(line, "# Fatal JavaScript out of memory"): // V8
	case line == "runtime/cgo: out of memory in thread_start":
	default:
		return false
	}
	return true
}

// RaisedForMemory reports whether a program that ended with status 1 said last
// that it was for want of memory. It knows how an exception that nobody caught is
// told: Python ends with it, and Java with its stack.
func RaisedForMemory(stderr []byte) bool {
	class, _, _ := strings.Cut(LastLine(stderr), ":")
	if strings.HasSuffix(class, "MemoryError") && !strings.ContainsAny(class, " \t") {
		return true
	}
	for line := range bytes.Lines(lastWords(stderr)) {
		if bytes.HasPrefix(line, []byte(`Exception in thread "`)) && bytes.Contains(line, []byte("java.lang.OutOfMemoryError")) {
			return true
		}
	}
	return false
}
