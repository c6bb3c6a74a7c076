//go:build unix

package control

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Running returns the addresses, for their files, of the trees that this user
// runs and that were not told another.
func Running() ([]string, error) {
	dir, err := privateDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var live []string
	for _, e := range entries {
		address := filepath.Join(dir, e.Name())
		if strings.HasSuffix(address, suffix) && isLocked(address) {
			live = append(live, address)
		}
	}
	return live, nil
}

// isLocked reports whether a process holds the lock beside a socket.
func isLocked(address string) bool {
	f, err := os.OpenFile(lockFile(address), os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}
