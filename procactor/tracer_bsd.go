//go:build unix && !linux && !darwin

package procactor

// traced is not known here.
func traced(int) bool { return false }
