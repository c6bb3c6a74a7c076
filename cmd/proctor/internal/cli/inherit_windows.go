package cli

import "errors"

// keepInherited does nothing: a program inherits the handles that it is given.
func keepInherited(asked []int) error {
	if len(asked) > 0 {
		return exit(exitUsage, errors.New("--pass-fd: there are no descriptors to pass on Windows"))
	}
	return nil
}
