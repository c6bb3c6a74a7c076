//go:build unix

package procactor_test

import "golang.org/x/sys/unix"

// limitMemory has the system refuse this process memory beyond a gibibyte,
// addresses included.
func limitMemory() error {
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
}

// limitTime has the system end this process when it has used a second of
// processor time.
func limitTime() error {
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: 1, Max: 1})
}
