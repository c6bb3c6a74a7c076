//go:build unix

package procactor

import (
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

// Where the texts are from: Go 1.26, g++ 12, Rust 1.8x, Python 3, Node.js 20 and
// OpenJDK 17 on Linux, cut short. TestProgramsOutOfMemory has real ones.
func TestWhatIsSaidOfMemory(t *testing.T) {
	t.Parallel()
	const stack = "\ngoroutine 1 gp=0x1 m=0 [running]:\nmain.main()\n\t/src/main.go:8 +0x125\n"
	const cpp = "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"
	const rust = "memory allocation of 1048576 bytes failed\nstack backtrace:\nnote: Some details are omitted\n"
	const node = "<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n 1: 0xb76dc0 node::OOMErrorHandler\n"
	const python = "Traceback (most recent call last):\n  File \"x.py\", line 2, in <module>\nMemoryError\n"
	const java = "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat J.main(J.java:1)\n"
	abort := syscall.SIGABRT
	for name, tt := range map[string]struct {
		code   int
		signal syscall.Signal // zero: none
		stderr string
		want   bool
	}{
		"Go, the heap":                 {2, 0, "runtime: out of memory: cannot allocate 4194304-byte block (1 in use)\nfatal error: out of memory\n" + stack, true},
		"Go, the system":               {2, 0, "fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw(…)\n" + stack, true},
		"Go, its own tables":           {2, 0, "fatal error: runtime: cannot allocate memory\n" + stack, true},
		"Go, a page":                   {2, 0, "runtime: mmap(0x1, 2) returned 0x0, 12\nfatal error: runtime: cannot map pages in arena address space\n" + stack, true},
		"Go, a stack":                  {2, 0, "fatal error: out of memory (stackalloc)\n" + stack, true},
		"Go, before it begins":         {2, 0, "fatal error: failed to reserve page summary memory\n\nruntime stack:\nruntime.throw(…)\n", true},
		"Go, C's heap":                 {2, 0, "fatal error: runtime: C malloc failed\n" + stack, true},
		"Go, a thread, ENOMEM":         {2, 0, "runtime: failed to create new OS thread (have 2 already; errno=12)\nfatal error: newosproc\n" + stack, true},
		"Go, a thread, EAGAIN":         {2, 0, "runtime: failed to create new OS thread (have 2 already; errno=11)\nruntime: may need to increase max user processes (ulimit -u)\nfatal error: newosproc\n" + stack, false},
		"Go, GOTRACEBACK=crash":        {-1, abort, "fatal error: out of memory\n" + stack, true},
		"Go, another fatal error":      {2, 0, "fatal error: all goroutines are asleep - deadlock!\n" + stack, false},
		"Go, a panic of that text":     {2, 0, "panic: fatal error: out of memory\n" + stack, false},
		"Go, a panic with an ENOMEM":   {2, 0, "panic: fork/exec /bin/true: cannot allocate memory\n" + stack, false},
		"Go, a log of it, and a panic": {2, 0, "fatal error: out of memory\nmore\npanic: boom\n" + stack, false},
		"Go, it exits with status 1":   {1, 0, "fatal error: out of memory\n" + stack, false},
		"C++":                          {-1, abort, cpp, true},
		"C++, libc++":                  {-1, abort, "libc++abi: terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc\n", true},
		"C++ in Go":                    {2, 0, cpp + "SIGABRT: abort\nPC=0x7f m=0\n" + stack, true},
		"C++ in Go, long ago":          {2, 0, cpp + strings.Repeat("more\n", 9) + "SIGABRT: abort\nPC=0x7f m=0\n" + stack, false},
		"Rust in Go":                   {2, 0, "memory allocation of 1048576 bytes failed\nSIGABRT: abort\nPC=0x7f m=0\n" + stack, true},
		"C++, long ago":                {-1, abort, cpp + strings.Repeat("more\n", 2<<10), false},
		"C++, another exception":       {-1, abort, "terminate called after throwing an instance of 'std::logic_error'\n", false},
		"C++, it went on":              {0, 0, cpp, false},
		"Rust":                         {-1, abort, rust, true},
		"Node.js":                      {-1, abort, node, true},
		"Node.js, by a trap":           {-1, syscall.SIGTRAP, node, true},
		"Node.js, another end":         {-1, abort, "FATAL ERROR: v8::ToLocalChecked Empty MaybeLocal\n", false},
		"Python":                       {1, 0, python, true},
		"Python, numpy":                {1, 0, "Traceback …\nnumpy.core._exceptions._ArrayMemoryError: Unable to allocate 7 TiB\n", true},
		"Python, it went on":           {1, 0, python + "ValueError: 7\n", false},
		"Python, only spoke of it":     {1, 0, "there was a MemoryError\n", false},
		"Java":                         {1, 0, java, true},
		"Java, another exception":      {1, 0, "Exception in thread \"main\" java.lang.IllegalStateException\n\tat J.main(J.java:1)\n", false},
		"KILL, whatever it wrote":      {-1, syscall.SIGKILL, python + cpp, false},
		"nothing":                      {1, 0, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &ExitError{Code: tt.code, Stderr: []byte(tt.stderr)}
			if tt.signal != 0 {
				e.Signal = tt.signal
			}
			e.explain(nil, 0, func() osproc.Manner { return osproc.MannerSomebody })
			assert.Equal(t, tt.want, e.OOM)
			assert.Equal(t, tt.want, e.ExitCause().OOM)
		})
	}
}
