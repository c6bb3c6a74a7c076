//go:build unix

package osproc

import (
	"os"

	"golang.org/x/sys/unix"
)

// OpenBegun maps the page that a worker inherited, and closes the descriptor:
// nothing that the worker starts has it.
func OpenBegun(fd uintptr) (BegunMark, error) {
	defer unix.Close(int(fd)) //nolint:errcheck // nothing to do about it
	mem, err := mapFile(fd, BegunSize)
	if err != nil {
		return BegunMark{}, err
	}
	return markIn(mem), nil
}

func mapFile(fd uintptr, size int) ([]byte, error) {
	mem, err := unix.Mmap(int(fd), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return mem, os.NewSyscallError("mmap", err)
}
