package osproc

import "os"

// StandardFiles are the standard files of a process that has no other channel: its ends,
// until it is started, and ours.
type StandardFiles struct {
	theirs [3]*os.File

	Stdin          *os.File // what it reads; nil: it reads nothing
	Stdout, Stderr *os.File // what it writes; stdout is nil when a file takes it
}

// OpenStandardFiles makes the pipes. The process reads what is written to stdin if piped
// is set, otherwise nothing; its output goes to stdout, or, when that is nil, into a
// pipe. It takes over stdout, and closes it also when it fails.
func OpenStandardFiles(piped bool, stdout *os.File) (f *StandardFiles, err error) {
	f = &StandardFiles{}
	f.theirs[1] = stdout
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if piped {
		f.Stdin, f.theirs[0], err = PipeTo()
	} else {
		f.theirs[0], err = os.Open(os.DevNull)
	}
	if err != nil {
		return nil, err
	}
	if stdout == nil {
		if f.Stdout, f.theirs[1], err = pipeFrom(); err != nil {
			return nil, err
		}
	}
	f.Stderr, f.theirs[2], err = pipeFrom()
	return f, err
}

// Close closes all, of a process that is not started.
func (f *StandardFiles) Close() {
	CloseAll(f.theirs[:]...)
	CloseAll(f.Stdin, f.Stdout, f.Stderr)
}

// Start starts a process with these files. Our ends are the caller's then. When
// it returns an error all are closed, and the plan's keeper was released.
func (f *StandardFiles) Start(plan Plan) (*Child, error) {
	c, err := Start(plan, f.theirs[:]...)
	if err != nil {
		plan.guardedBy().Release()
		f.Close()
		return nil, err
	}
	CloseAll(f.theirs[:]...)
	return c, nil
}
