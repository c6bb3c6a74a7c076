//go:build linux

package main

import (
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// reached is what one process could get at of another.
type reached struct {
	Environment bool `json:"environment"` // read its variables
	Memory      bool `json:"memory"`      // open its memory, to be written
	Descriptors bool `json:"descriptors"` // see and open its files
	Trace       bool `json:"trace"`       // become its tracer, which holds it
	Stop        bool `json:"stop"`        // may send it a signal, such as STOP
}

type thing struct {
	name string
	is   bool
}

func (r reached) all() []thing {
	return []thing{
		{"environment", r.Environment}, {"memory", r.Memory}, {"descriptors", r.Descriptors}, {"trace", r.Trace}, {"signals", r.Stop},
	}
}

// reach tries all of it, and changes nothing.
func reach(pid int) (r reached) {
	dir := "/proc/" + strconv.Itoa(pid)
	environ, err := os.ReadFile(dir + "/environ")
	r.Environment = err == nil && len(environ) > 0
	if memory, err := os.OpenFile(dir+"/mem", os.O_RDWR, 0); err == nil {
		r.Memory = true
		_ = memory.Close()
	}
	if files, err := os.ReadDir(dir + "/fd"); err == nil && len(files) > 0 {
		r.Descriptors = true
	}
	r.Trace = trace(pid)
	r.Stop = unix.Kill(pid, 0) == nil
	return r
}

// trace becomes the tracer of the process for a moment. A tracer is a thread.
func trace(pid int) bool {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const seize = 0x4206 // PTRACE_SEIZE: it does not stop the process
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, seize, uintptr(pid), 0, 0, 0, 0); errno != 0 {
		return false
	}
	if unix.PtraceInterrupt(pid) == nil { // only who is stopped can be let go
		var status unix.WaitStatus
		_, _ = unix.Wait4(pid, &status, unix.WALL, nil)
		_ = unix.PtraceDetach(pid)
	}
	return true
}
