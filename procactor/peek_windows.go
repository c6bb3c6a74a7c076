//go:build windows

package procactor

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// peekNamedPipe asks how many bytes a pipe holds, without reading them.
func peekNamedPipe(h windows.Handle, available *uint32) error {
	proc := windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")
	ok, _, err := proc.Call(uintptr(h), 0, 0, 0, uintptr(unsafe.Pointer(available)), 0)
	if ok == 0 {
		if errno, is := err.(syscall.Errno); is && errno == 0 { //nolint:errorlint // Call returns it bare
			return windows.ERROR_INVALID_FUNCTION
		}
		return err
	}
	return nil
}
