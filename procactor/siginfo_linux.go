package procactor

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// siginfo is what waitid(2) fills in: x/sys keeps the fields of a child's end
// to itself.
type siginfo struct{ of unix.Siginfo }

func (s *siginfo) raw() *unix.Siginfo {
	s.of = unix.Siginfo{} // the kernel leaves it alone when nobody has ended
	return &s.of
}

// pid is si_pid, the first of the fields behind signo, errno and code, which
// are aligned as a pointer is.
func (s *siginfo) pid() int {
	const head = 3 * unsafe.Sizeof(int32(0))
	const align = unsafe.Sizeof(uintptr(0))
	at := (head + align - 1) / align * align
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(&s.of), at)))
}
