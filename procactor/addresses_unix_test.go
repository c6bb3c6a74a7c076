//go:build unix && !openbsd

package procactor_test

import "golang.org/x/sys/unix"

// limitMemory has the system refuse this process memory beyond a gibibyte,
// addresses included.
func limitMemory() error {
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
}
