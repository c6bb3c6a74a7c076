//go:build !unix

package plainfile

import "os"

// open opens; nothing here waits for anybody.
func open(path string) (*os.File, error) { return os.Open(path) }
