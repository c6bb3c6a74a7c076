//go:build !linux

package osproc

// CanReapStrangers tells that the system says which child has ended without reaping
// it. Here none does.
const CanReapStrangers = false

// ReapStrangers reaps nobody: whoever is a stranger cannot be told.
func (f *Family) ReapStrangers() (pids []int, again bool) { return nil, false }
