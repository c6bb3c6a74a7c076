//go:build windows

package procactor

// Unread cannot be told here: the parent has no handle that may look.
func (d *duplex) Unread() (n int, ok bool) { return 0, false }
