//go:build windows

package osproc

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipeFrom makes a pipe from a process that is to be started: this process
// reads ours, that one writes theirs.
func pipeFrom() (ours, theirs *os.File, err error) {
	return pipe(windows.PIPE_ACCESS_INBOUND, windows.GENERIC_WRITE|windows.FILE_READ_ATTRIBUTES)
}

// PipeTo makes a pipe to a process that is to be started: this process writes
// ours, that one reads theirs.
func PipeTo() (ours, theirs *os.File, err error) {
	return pipe(windows.PIPE_ACCESS_OUTBOUND, windows.GENERIC_READ|windows.FILE_WRITE_ATTRIBUTES)
}

// pipeBuffer is what a pipe holds until its writer waits, as on Linux. The
// default of an anonymous pipe is less than one small request.
const pipeBuffer = 64 << 10

// pipe makes a named pipe that only its two ends know. An anonymous one, which
// os.Pipe makes, knows no overlapped operations: a goroutine in a read or a
// write would hold a thread, and nothing could interrupt it. The other process
// gets an end of the plain kind, with the rights of one of os.Pipe, which every
// program can use as its standard output.
//
// Handles that are made here are not inherited. The name is guessed by nobody;
// who finds it in a list and is faster than the second line keeps this start
// from succeeding, and gets no byte.
func pipe(direction, theirAccess uint32) (ours, theirs *os.File, err error) {
	name, err := windows.UTF16PtrFromString(`\\.\pipe\proctor-` + rand.Text())
	if err != nil {
		return nil, nil, err
	}
	const one = 1 // instance
	our, err := windows.CreateNamedPipe(name,
		direction|windows.FILE_FLAG_OVERLAPPED|windows.FILE_FLAG_FIRST_PIPE_INSTANCE,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, one, pipeBuffer, pipeBuffer, 0, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("make a named pipe: %w", err)
	}
	their, err := windows.CreateFile(name, theirAccess, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		_ = windows.CloseHandle(our)
		return nil, nil, fmt.Errorf("open a named pipe: %w", err)
	}
	return os.NewFile(uintptr(our), "pipe"), os.NewFile(uintptr(their), "pipe"), nil
}

// cutsWrites tells that a write that a deadline interrupts says how much of it
// was written. Here it does not: the system reports nothing written of a
// canceled write, though its reader may have had the first part.
const cutsWrites = false

// IsBrokenPipe reports whether a write failed since nobody reads any more.
func IsBrokenPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED)
}

// BytesInPipe asks how many bytes a pipe holds, without reading them.
func BytesInPipe(pipe windows.Handle) (n uint32, err error) {
	proc := windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")
	ok, _, err := proc.Call(uintptr(pipe), 0, 0, 0, uintptr(unsafe.Pointer(&n)), 0)
	if ok == 0 {
		if errno, is := err.(syscall.Errno); is && errno == 0 { //nolint:errorlint // Call returns it bare
			return 0, windows.ERROR_INVALID_FUNCTION
		}
		return 0, err
	}
	return n, nil
}
