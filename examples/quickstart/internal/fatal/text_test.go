package fatal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, stderr, want string }{
		{"nothing", "", ""},
		{"no reason", "hello\ngoroutine 1 [running]:\n", ""},
		{
			"stack overflow", "runtime: goroutine stack exceeds 16777216-byte limit\nruntime: sp=0x1 stack=[0x2, 0x3]\nfatal error: stack overflow\n\nruntime stack:\n",
			"runtime: goroutine stack exceeds 16777216-byte limit; fatal error: stack overflow",
		},
		{"map", "fatal error: concurrent map writes\n\ngoroutine 1 [running]:\nmain.f()\n", "fatal error: concurrent map writes"},
		{
			"fault", "unexpected fault address 0x8000\nfatal error: fault\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8000 pc=0x4d]\n",
			"unexpected fault address 0x8000; fatal error: fault; [signal SIGSEGV: segmentation violation code=0x1 addr=0x8000 pc=0x4d]",
		},
		{"panic without newline at the end", "log line\npanic: oh no", "panic: oh no"},
		{"carriage return", "panic: a\r\n", "panic: a"},
		{"escape sequences", "panic: \x1b[2J\x07red\n", "panic: [2Jred"},
		{"many", strings.Repeat("panic: a\n", 9), "panic: a; panic: a; panic: a; panic: a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, Text([]byte(tt.stderr)))
		})
	}
	assert.LessOrEqual(t, len(Text([]byte("panic: "+strings.Repeat("x", 9999)))), maxLineLength)
}
