//go:build !linux

package procactor

// tellsStrangers tells that the system says which child has ended without reaping
// it. Here none does.
const tellsStrangers = false

// reapStrangers reaps nobody: who is a stranger cannot be told.
func (f *family) reapStrangers() (pids []int, again bool) { return nil, false }
