//go:build unix

package osproc

// Unread returns how many of the bytes written to the pipe nobody has read;
// false where that cannot be told. It is meant for a pipe whose reader has
// died.
func (d *Duplex) Unread() (n int, ok bool) {
	raw, err := d.Requests.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(fd uintptr) {
		left, err := BytesInPipe(int(fd))
		n, ok = left, err == nil
	})
	return n, ok && err == nil
}
