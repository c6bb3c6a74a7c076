//go:build !linux

package osproc

// oomWatch is nothing: nobody tells how many were killed for want of memory.
type oomWatch struct{}

// autopsy finds nothing out: only Linux tells of a process before it is reaped.
type autopsy struct{}

func (autopsy) sighted(int)    {}
func (autopsy) manner() Manner { return MannerUntold }

// exiting reports whether a process has begun to end; here nobody tells.
func exiting(int) bool { return false }
