//go:build windows

package osproc

// Unread cannot be told here: the parent has no handle that may look.
func (d *Duplex) Unread() (n int, ok bool) { return 0, false }
