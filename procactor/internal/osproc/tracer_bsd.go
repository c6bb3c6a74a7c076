//go:build unix && !linux && !darwin

package osproc

// Traced is not known here.
func Traced(int) bool { return false }
