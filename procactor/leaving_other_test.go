//go:build !linux

package procactor_test

// playLinger is only known how on Linux.
func playLinger() {}
