//go:build unix

package plainfile

import (
	"os"
	"syscall"
)

// open opens without waiting for whoever writes on a pipe, and without making a
// terminal this process's own.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
}
