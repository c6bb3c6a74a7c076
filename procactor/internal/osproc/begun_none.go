//go:build unix && !linux && !darwin && !dragonfly && !freebsd && !netbsd

package osproc

import (
	"errors"
	"os"
)

// makeBegun makes none: it is not known here that a file shows what was written
// to its mapping.
func makeBegun(int) (begunMemory, *os.File, error) { return nil, nil, errors.ErrUnsupported }
