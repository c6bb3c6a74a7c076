package procactor

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
			got, _ := crashOf([]byte(tt.crash), []byte(tt.stderr))
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
