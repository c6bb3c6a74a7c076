package analyze

import "unsafe"

// unmapped is an address that no process has memory at: Linux and Windows
// never map the first 64 KiB, Darwin never the first 4 GiB. It is above the
// 4 KiB that Go takes for a nil pointer and turns into a panic.
const unmapped = 0x8000

// segfault writes where no memory is. The processor faults, the kernel sends
// a SIGSEGV (on Windows an access violation), and the runtime ends the
// program with "unexpected fault address": no recover sees it.
func segfault() {
	//nolint:gosec // the bad pointer is the point
	*(*byte)(unsafe.Add(unsafe.Pointer(nil), unmapped)) = 1
}
