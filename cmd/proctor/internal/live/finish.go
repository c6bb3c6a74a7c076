package live

import (
	"errors"
	"syscall"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// Finish is how a tree has ended as its auto_shutdown says.
type Finish struct {
	Child string // the path, below the root, of the child whose end ended it: of all_significant the last
	Code  int    // the exit code of that child, as a shell has it: 128+N where a signal ended it
	Why   error  // of that child
}

// failedCode is that of an end that is none of a process and not normal.
const failedCode = 1

// FinishOf returns the finish that a supervisor's reason tells of; false where it
// ended otherwise. Where the child was a supervisor that has ended so itself, the
// child is that one's, and so on down.
func FinishOf(reason error) (f Finish, ok bool) {
	for {
		auto, is := errors.AsType[*supervise.AutoShutdownError](reason)
		if !is {
			return f, ok
		}
		ok, reason = true, auto.Reason
		if f.Child != "" {
			f.Child += "/"
		}
		f.Child += auto.Child
		f.Why, f.Code = reason, codeOf(reason)
	}
}

func codeOf(reason error) int {
	exit, is := errors.AsType[*procactor.ExitError](reason)
	_, gaveUp := errors.AsType[*supervise.IntensityError](reason)
	switch {
	case gaveUp: // which is an orderly end only to whoever supervises it
		return failedCode
	case !is && (reason == nil || actor.IsNormal(reason)):
		return 0
	case !is:
		return failedCode
	}
	if sig, is := exit.Signal.(syscall.Signal); is {
		return 128 + int(sig)
	}
	return exit.Code
}
