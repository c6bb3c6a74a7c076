package procactor

import (
	"bytes"
	"slices"
	"strings"
)

// settleManner says what is known of why it ended, when all else of it is: by
// what the system tells, which is asked only of an end that is not ours, and by
// what it wrote; runtimeTold says that Go's runtime told of want of memory.
func (e *ExitError) settleManner(told func() manner, runtimeTold bool) {
	if e.OOM = runtimeTold; e.Killed || e.Why != nil {
		return
	}
	if e.Signal != nil {
		e.manner = told()
	}
	e.OOM = e.OOM || e.manner.memory() || saysNoMemory(e)
}

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

// saysNoMemory reports whether a program of another language, or code of one in a
// Go program, says on stderr that it ended for want of memory. A program can write
// the like and mean nothing by it, so the way it ended must be its runtime's, too,
// and the words must be its last: it is evidence only.
func saysNoMemory(e *ExitError) bool {
	switch {
	case e.Panic != nil:
		text, _ := e.Panic.Value.(string)
		words, told := strings.CutPrefix(text, goAbort+": ")
		return told && abortsForMemory(words)
	case aborted(e):
		for line := range bytes.Lines(lastWords(e.Stderr)) {
			if abortsForMemory(strings.TrimSpace(string(line))) {
				return true
			}
		}
	case e.Signal == nil && e.Code == 1:
		return raisesForMemory(e.Stderr)
	}
	return false
}

// lastWords is what of stderr may be of its end: runtimes add a stack.
func lastWords(stderr []byte) []byte {
	const near = 8 << 10
	return stderr[max(0, len(stderr)-near):]
}

// aborted reports whether it ended as abort(3) and traps do.
func aborted(e *ExitError) bool {
	return e.Signal != nil && slices.Contains([]string{"SIGABRT", "SIGTRAP", "SIGILL"}, signalName(e.Signal))
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

// raisesForMemory knows how an exception that nobody caught is told: Python ends
// with it, and Java with its stack.
func raisesForMemory(stderr []byte) bool {
	class, _, _ := strings.Cut(lastLine(stderr), ":")
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
