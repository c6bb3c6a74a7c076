package procactor

import (
	"errors"
	"os"
)

// signalAll is nothing that Windows could do.
func (c *child) signalAll(os.Signal) error { return errors.ErrUnsupported }
