package deaths

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/fatal"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/procactor"
)

// death puts a Down into words, all taken from it; false for the end of a
// worker that did not die: it was asked to stop, and did.
func death(down actor.Down) (report.Death, bool) {
	exit, ok := errors.AsType[*procactor.ExitError](down.Reason)
	if !ok {
		return report.Death{}, false
	}
	return report.Death{PID: exit.PID, Cause: cause(exit)}, true
}

// cause is the error's own text or, where the runtime left all of its reasons
// on the worker's standard error, those: of a segmentation fault the signal is
// the last of three.
func cause(exit *procactor.ExitError) string {
	if text := fatal.Text(exit.Stderr); text != "" && exit.Signal == nil {
		return fmt.Sprintf("exited with status %d: %s", exit.Code, text)
	}
	return exit.Error()
}
