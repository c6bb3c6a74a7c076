//go:build darwin || dragonfly || freebsd || netbsd

package osproc

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// filePage is the memory of a page as a file that has no name. It is read and
// not mapped: a worker may make it shorter, of which who has it mapped would
// die. These systems keep what is mapped and what is read in one cache.
type filePage struct{ file *os.File }

func (p filePage) load() (w [2]uint64, ok bool) {
	var b [16]byte
	if _, err := p.file.ReadAt(b[:], 0); err != nil {
		return w, false
	}
	return [2]uint64{binary.NativeEndian.Uint64(b[:]), binary.NativeEndian.Uint64(b[8:])}, true
}

func (p filePage) free() { _ = p.file.Close() }

func makeBegun(size int) (begunMemory, *os.File, error) {
	theirs, err := os.CreateTemp("", "proctor-begun-*")
	if err != nil {
		return nil, nil, err
	}
	_ = os.Remove(theirs.Name())
	err = theirs.Truncate(int64(size))
	ours := -1
	if err == nil {
		ours, err = unix.FcntlInt(theirs.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	}
	if err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return filePage{os.NewFile(uintptr(ours), theirs.Name())}, theirs, nil
}
