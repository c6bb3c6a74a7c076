package stdio

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Where the texts are from: Go 1.26 on Linux, cut short.
func TestCrashOf(t *testing.T) {
	t.Parallel()
	const stacks = "\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:8 +0x125\n"
	const overflow = "runtime: goroutine stack exceeds 16777216-byte limit\nruntime: sp=0xc0201e0390 stack=[0xc0201e0000, 0xc0221e0000]\nfatal error: stack overflow\n"
	const aborted = "SIGABRT: abort\nPC=0x7f m=0 sigcode=18446744073709551610\n" + stacks
	tests := []struct {
		name, crash, stderr string
		want                any // nil: no crash
	}{
		{"panic", "panic: boom\n" + stacks, "panic: boom\n" + stacks, "boom"},
		{"fatal error, told on stderr alone", stacks, "fatal error: concurrent map writes\n" + stacks, "fatal error: concurrent map writes"},
		{"stack overflow", stacks, overflow + stacks, "runtime: goroutine stack exceeds 16777216-byte limit: fatal error: stack overflow"},
		{"after what the task wrote", stacks, "panic: was logged\nmore\nand more\n" + overflow + stacks, "runtime: goroutine stack exceeds 16777216-byte limit: fatal error: stack overflow"},
		{"segmentation fault", stacks, "unexpected fault address 0x8000\nfatal error: fault\n[signal SIGSEGV]\n" + stacks, "unexpected fault address 0x8000: fatal error: fault"},
		{"the last one counts", stacks, "fatal error: was logged\n" + strings.Repeat("line\n", 9) + "fatal error: real\n" + stacks, "fatal error: real"},
		{"only written, not died of", "", "fatal error: a task's own words\n", nil},
		{"stacks without a reason", stacks, "", nil},
		{"not at the begin of a line", stacks, "a fatal error: no\n", nil},
		{"nothing", "", "", nil},
		{"abort", aborted, "a line\n" + aborted, "SIGABRT: abort"},
		{"abort by assert(3)", aborted, "a line\nx: x.c:6: f: Assertion `1==2' failed.\n" + aborted, "SIGABRT: abort: x: x.c:6: f: Assertion `1==2' failed."},
		{"abort by a C++ exception", aborted, "terminate called after throwing an instance of 'E'\n  what():  e\n" + aborted, "SIGABRT: abort: terminate called after throwing an instance of 'E'"},
		{"abort by the heap", aborted, "double free or corruption (out)\n" + aborted, "SIGABRT: abort: double free or corruption (out)"},
		{"abort, and older words", aborted, "Assertion `0' failed.\nbut\nit went on\n" + aborted, "SIGABRT: abort"},
		{"no thread", stacks, "runtime: failed to create new OS thread (have 4 already; errno=12)\nfatal error: newosproc\n" + stacks, "runtime: failed to create new OS thread (have 4 already; errno=12): fatal error: newosproc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _ := CrashOf([]byte(tt.crash), []byte(tt.stderr))
			if tt.want == nil {
				assert.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			assert.Equal(t, tt.want, got.Value)
			assert.Contains(t, string(got.Stack), "main.main()")
		})
	}
}

func FuzzParseCrash(f *testing.F) {
	f.Add([]byte("panic: boom\n\ngoroutine 1 [running]:\n"), []byte(""))
	f.Add([]byte("\ngoroutine 1 [running]:\n"), []byte("fatal error: stack overflow\n"))
	f.Add([]byte("SIGSEGV: segmentation violation\nPC=0x1\n"), []byte("\xff\n"))
	f.Fuzz(func(t *testing.T, crash, stderr []byte) {
		p, _ := CrashOf(crash, stderr)
		if p == nil {
			return
		}
		value, ok := p.Value.(string)
		assert.True(t, ok)
		assert.LessOrEqual(t, len(value), 3*(8<<10), "the text is bounded")
		assert.NotEmpty(t, crash, "only a worker that crashed has one")
	})
}

func TestParseCrash(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"of a task", "proctor: call 7 of task \"square\" panicked\npanic: boom\n\ngoroutine 1 [running]:\n", "boom"},
		{"goexit", "panic: the task called runtime.Goexit\n\ngoroutine 1 [running]:\n", "the task called runtime.Goexit"},
		{"with its signal", "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4]\n", "runtime error: invalid memory address or nil pointer dereference"},
		{"of C", "SIGSEGV: segmentation violation\nPC=0x7f m=0 sigcode=1 addr=0x0\nsignal arrived during cgo execution\n\ngoroutine 1 [syscall]:\n", "SIGSEGV: segmentation violation"},
		{"quit", "SIGQUIT: quit\nPC=0x47 m=0 sigcode=0\n\ngoroutine 0 gp=0x1 m=0 [idle]:\n", "SIGQUIT: quit"},
		{"fatal", "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select (no cases)]:\n", "fatal error: all goroutines are asleep - deadlock!"},
		{"fault", "unexpected fault address 0x7f\nfatal error: fault\n[signal SIGBUS: bus error code=0x2 addr=0x7f pc=0x4]\n", "unexpected fault address 0x7f: fatal error: fault"},
		{"not UTF-8", "panic: \xff\n", "\uFFFD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := parseCrash([]byte(tt.text))
			if assert.NotNil(t, p) {
				assert.Equal(t, tt.want, p.Value)
			}
		})
	}
	assert.Nil(t, parseCrash([]byte("nothing of that sort\n")))
}
