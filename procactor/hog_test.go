package procactor_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// hogIn moves this process to a cgroup, if one is named, and takes memory until
// the kernel ends it.
func hogIn(cgroup string) error {
	if cgroup != "-" {
		if err := os.WriteFile(filepath.Join(cgroup, "cgroup.procs"), []byte("0"), 0o600); err != nil {
			return err
		}
	}
	const enough, page = 1 << 30, 4 << 10
	memory := make([]byte, enough)
	for i := 0; i < len(memory); i += page {
		memory[i] = 1
	}
	return errors.New("there was enough memory")
}

// lackMemoryWithMany has Go's runtime end this process for want of memory, after
// so much output and with so many goroutines that its reason is neither in the
// first nor in the last of what it wrote.
func lackMemoryWithMany() error {
	fmt.Fprintln(os.Stderr, strings.Repeat("blah ", 100<<10/5))
	for range 1000 {
		go func() { select {} }()
	}
	if err := limitMemory(); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, len(make([]byte, 1<<30)))
	return errors.New("there was enough memory")
}
