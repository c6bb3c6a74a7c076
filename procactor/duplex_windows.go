//go:build windows

package procactor

import "os"

// quickWait is of no use where pipes have no deadlines: callers never read.
type quickWait struct{}

func (quickWait) open(*os.File)  {}
func (quickWait) readable() bool { return false }

// unread cannot be told here: the parent has no handle that may look.
func (d *duplex) unread() (n int, ok bool) { return 0, false }
