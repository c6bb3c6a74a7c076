//go:build !linux

package procactor_test

// childProcesses is told by /proc alone.
func childProcesses() []string { return nil }
