package osproc

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
	return s.field(0)
}

// endedBy is the signal that ended the process, zero if none did: si_status, the
// third of these fields, says it of an end by a signal, with a dump or without.
func (s *siginfo) endedBy() unix.Signal {
	const killed, dumped = 2, 3 // CLD_KILLED, CLD_DUMPED
	if s.of.Code != killed && s.of.Code != dumped {
		return 0
	}
	return unix.Signal(s.field(2))
}

// field is one of those behind the head, each of which is an int.
func (s *siginfo) field(i uintptr) int {
	const head = 3 * unsafe.Sizeof(int32(0))
	const align = unsafe.Sizeof(uintptr(0))
	at := (head+align-1)/align*align + i*unsafe.Sizeof(int32(0))
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(&s.of), at)))
}
