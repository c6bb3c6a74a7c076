//go:build windows

package procactor

// unread cannot be told here: the parent has no handle that may look.
func (d *duplex) unread() (n int, ok bool) { return 0, false }
