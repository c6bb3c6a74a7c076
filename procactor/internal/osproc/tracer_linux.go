package osproc

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Traced reports whether a debugger, strace or the like has a thread of the
// process: proc_pid_status(5), TracerPid.
func Traced(pid int) bool {
	threads, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/status")
	if err != nil {
		return false
	}
	for _, status := range threads {
		text, err := os.ReadFile(status)
		if err != nil {
			continue // it has ended
		}
		_, tracer, _ := bytes.Cut(text, []byte("\nTracerPid:\t"))
		if len(tracer) > 0 && tracer[0] != '0' {
			return true
		}
	}
	return false
}

// AllowTracing allows any process of the same user to trace this one, where only a
// parent may otherwise (kernel.yama.ptrace_scope 1).
func AllowTracing() {
	const anybody = ^uintptr(0)                           // PR_SET_PTRACER_ANY
	_ = unix.Prctl(unix.PR_SET_PTRACER, anybody, 0, 0, 0) // a kernel without Yama knows no such limit
}

// Duplicate makes the descriptor to another name of what from is.
func Duplicate(from, to int) error { return unix.Dup3(from, to, 0) }
