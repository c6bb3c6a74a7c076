package procactor_test

import "errors"

// limitMemory would need a job object.
func limitMemory() error { return errors.ErrUnsupported }

// limitTime is not there.
func limitTime() error { return errors.ErrUnsupported }
