package procactor

import "os"

// standardFiles are the standard files of a process that has no other channel: its ends,
// until it is started, and ours.
type standardFiles struct {
	theirs [3]*os.File

	stdin          *os.File // what it reads; nil: it reads nothing
	stdout, stderr *os.File // what it writes; stdout is nil when a file takes it
}

// openStdio makes the pipes. The process reads what is written to stdin if piped
// is set, else nothing; its output goes to stdout, or, when that is nil, into a
// pipe. It takes over stdout, and closes it also when it fails.
func openStdio(piped bool, stdout *os.File) (f *standardFiles, err error) {
	f = &standardFiles{}
	f.theirs[1] = stdout
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if piped {
		f.stdin, f.theirs[0], err = pipeTo()
	} else {
		f.theirs[0], err = os.Open(os.DevNull)
	}
	if err != nil {
		return nil, err
	}
	if stdout == nil {
		if f.stdout, f.theirs[1], err = pipeFrom(); err != nil {
			return nil, err
		}
	}
	f.stderr, f.theirs[2], err = pipeFrom()
	return f, err
}

// close closes all, of a process that is not started.
func (f *standardFiles) close() {
	closeAll(f.theirs[:]...)
	closeAll(f.stdin, f.stdout, f.stderr)
}

// start starts a process with these files. Our ends are the caller's then. When
// it returns an error all are closed, and the plan's keeper
// was released.
func (f *standardFiles) start(plan launchPlan) (*child, error) {
	c, err := spawn(plan, f.theirs[:]...)
	if err != nil {
		plan.guardedBy().release()
		f.close()
		return nil, err
	}
	closeAll(f.theirs[:]...)
	return c, nil
}
