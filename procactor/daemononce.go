package procactor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

// RunDaemon runs a plain program in the System to its end, in the place of a
// function: nil when it exits with status 0, else the reason of its end. When
// ctx ends it is stopped, which is waited for, and the error is that of ctx; it
// has its own time for that, and is killed when that is over. One that not even
// that has ended is named by an *[actor.CloseError] beside.
func RunDaemon(ctx context.Context, sys *actor.System, d Daemon) error {
	name := anyRun()
	return runDaemon(ctx, sys, name, name, d)
}

// RunDaemonFor is RunDaemon for the actor at the path, such as "top/report",
// whose work the program does: [ProcessIDsAt] has its process there for as long
// as it runs. Of several at once it has the first.
func RunDaemonFor(ctx context.Context, sys *actor.System, path string, d Daemon) error {
	return runDaemon(ctx, sys, runFor(path), path, d)
}

func runDaemon(ctx context.Context, sys *actor.System, name, runOf string, d Daemon) error {
	life, err := startDaemon(ctx, sys, name, runOf, d)
	if errors.Is(err, actor.ErrTaken) { // such as by the run of a life that was abandoned
		name = anyRun()
		life, err = startDaemon(ctx, sys, name, runOf, d)
	}
	if err != nil {
		return err
	}
	over := life.Over()
	select {
	case <-over:
		if reason := life.Reason(); !actor.IsNormal(reason) {
			return reason
		}
		return nil
	case <-ctx.Done():
		ended := actor.ContextError(ctx)
		var left *actor.CloseError
		if errors.As(life.Stop(context.WithoutCancel(ctx)), &left) { // it is bounded by the life's own time
			return fmt.Errorf("%w: %w", ended, left)
		}
		return ended
	}
}

// runPrefix begins the names of runs.
const runPrefix = "procactor:run:"

// anyRun names a run that nobody is to find.
func anyRun() string { return runPrefix + strconv.FormatUint(rand.Uint64(), 36) }

// runFor names the run of the actor at the path. A name has neither '/' nor
// '#', and no two paths are to have one.
func runFor(path string) string {
	return runPrefix + strings.NewReplacer("%", "%25", "/", "%2F", "#", "%23").Replace(path)
}
