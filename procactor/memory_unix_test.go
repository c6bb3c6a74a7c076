//go:build unix

package procactor_test

import "golang.org/x/sys/unix"

// limitTime has the system end this process when it has used a second of
// processor time.
func limitTime() error {
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: 1, Max: 1})
}
