//go:build windows

package procactor

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// checkBatch refuses what cannot be handed safely to a batch file: the shell
// that runs it reads the whole command line again, by rules of its own, so that
// an argument could become a command.
func checkBatch(path string, args []string) error {
	switch strings.ToLower(filepath.Ext(strings.TrimRight(path, ". "))) {
	case ".bat", ".cmd":
	default:
		return nil
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, "\"%!^&|<>()\r\n") {
			return fmt.Errorf("the argument %q cannot be handed to the batch file %s: %w", arg, path, errors.ErrUnsupported)
		}
	}
	return nil
}
