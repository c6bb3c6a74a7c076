//go:build windows

package osproc

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// makeBegun makes a section that no file is behind.
func makeBegun(size int) (begunMemory, *os.File, error) {
	section, err := windows.CreateFileMapping(windows.InvalidHandle, nil, windows.PAGE_READWRITE, 0, uint32(size), nil)
	if err != nil {
		return nil, nil, os.NewSyscallError("CreateFileMapping", err)
	}
	mem, err := mapSection(section, size)
	if err != nil {
		_ = windows.CloseHandle(section)
		return nil, nil, err
	}
	return mappedPage{mem, unmapSection}, os.NewFile(uintptr(section), "proctor-begun"), nil
}

// OpenBegun maps the page that a worker inherited, and closes the handle:
// nothing that the worker starts has it.
func OpenBegun(number uintptr) (BegunMark, error) {
	defer windows.CloseHandle(windows.Handle(number)) //nolint:errcheck // nothing to do about it
	mem, err := mapSection(windows.Handle(number), BegunSize)
	if err != nil {
		return BegunMark{}, err
	}
	return markIn(mem), nil
}

func mapSection(section windows.Handle, size int) ([]byte, error) {
	at, err := windows.MapViewOfFile(section, windows.FILE_MAP_READ|windows.FILE_MAP_WRITE, 0, 0, uintptr(size))
	if err != nil {
		return nil, os.NewSyscallError("MapViewOfFile", err)
	}
	// It is no memory of Go's: nothing moves or frees it.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), size), nil
}

func unmapSection(mem []byte) {
	_ = windows.UnmapViewOfFile(uintptr(unsafe.Pointer(unsafe.SliceData(mem))))
}
