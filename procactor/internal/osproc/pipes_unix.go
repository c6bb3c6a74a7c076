//go:build unix

package osproc

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipeFrom makes a pipe from a process that is to be started: this process
// reads ours, that one writes theirs.
func pipeFrom() (ours, theirs *os.File, err error) { return os.Pipe() }

// PipeTo makes a pipe to a process that is to be started: this process writes
// ours, that one reads theirs.
func PipeTo() (ours, theirs *os.File, err error) {
	theirs, ours, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if ours, err = aboveStandard(ours); err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// aboveStandard gives the file a number of its own if it has one of standard
// output or error, as in a program that has closed those: a Go program ends by
// SIGPIPE when it writes there and nobody reads (os/signal), and so would with
// its worker.
func aboveStandard(f *os.File) (*os.File, error) {
	const first = 3
	raw, err := f.SyscallConn()
	if err != nil {
		return f, nil //nolint:nilerr // it is closed, which its first use tells
	}
	other := -1
	_ = raw.Control(func(fd uintptr) {
		if fd < first {
			other, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, first)
		}
	})
	if err == nil && other < 0 {
		return f, nil
	}
	_ = f.Close()
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(other), f.Name()), nil
}

// cutsWrites tells that a write that a deadline interrupts says how much of it
// was written, so that somebody else can go on with the rest.
const cutsWrites = true

// IsBrokenPipe reports whether a write failed since nobody reads any more.
func IsBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// BytesInPipe asks how many bytes the pipe with the descriptor holds, without
// reading them.
func BytesInPipe(pipe int) (n int, err error) { return unix.IoctlGetInt(pipe, fionread) }
