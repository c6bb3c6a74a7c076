//go:build !linux

package live

// halted finds none: this system is not asked.
func halted([]int) []int { return nil }
