//go:build !linux && !windows

package procactor_test

// childProcesses is told by /proc, or by a snapshot of Windows, alone.
func childProcesses() []string { return nil }
