package osproc

import (
	"os"

	"golang.org/x/sys/unix"
)

// makeBegun makes memory that is in no file system. It is sealed: a worker that
// made it shorter would have its parent die of looking at it.
func makeBegun(size int) (begunMemory, *os.File, error) {
	fd, err := unix.MemfdCreate("proctor-begun", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, nil, os.NewSyscallError("memfd_create", err)
	}
	theirs := os.NewFile(uintptr(fd), "proctor-begun")
	if err = unix.Ftruncate(fd, int64(size)); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	var mem []byte
	if err == nil {
		mem, err = mapFile(uintptr(fd), size)
	}
	if err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return mappedPage{mem, func(mem []byte) { _ = unix.Munmap(mem) }}, theirs, nil
}
