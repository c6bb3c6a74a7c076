package procactor_test

import "golang.org/x/sys/unix"

// limitMemory has the system refuse this process memory beyond a gibibyte. OpenBSD
// has no limit of addresses; what a program maps counts as its data there.
func limitMemory() error {
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
}
