//go:build unix

package cli

import (
	"os"

	"github.com/proctor-dev/proctor/internal/descriptors"
)

// keepInherited has nothing that is started from now on inherit what this process
// was given at its start, such as a lock file's descriptor, but what is passed on
// purpose. It is called before anything is started.
func keepInherited(asked []int) error {
	keep, err := toKeep(descriptors.Inheritable(), asked, passedByManager(os.LookupEnv, os.Getpid()))
	if err != nil {
		return exit(exitUsage, err)
	}
	for _, fd := range keep {
		descriptors.Mark(fd)
	}
	return nil
}
