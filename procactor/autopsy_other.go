//go:build !linux

package procactor

// oomWatch is nothing: nobody tells how many were killed for want of memory.
type oomWatch struct{}

// autopsy finds nothing out: only Linux tells of a process before it is reaped.
type autopsy struct{}

func (autopsy) sighted(int)    {}
func (autopsy) manner() manner { return mannerUntold }
