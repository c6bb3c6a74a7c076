package procactor

import (
	"context"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// commandAlone runs one call of a command task without a System, as a person
// does by hand, and returns when nothing of it is left: also after ctx has
// ended. The end of kill has its process killed. Its error is that of a call,
// without its wrapping.
func commandAlone[In, Out any](ctx, kill context.Context, t Task[In, Out], c Commands, log *slog.Logger, in In) (Out, error) {
	var none Out
	c, err := c.checked()
	if err == nil {
		c, err = c.placed()
	}
	if err != nil {
		return none, err
	}
	var stop func() bool
	over := make(chan struct{})
	e := &commandEngine{
		commands: c, log: log,
		enter: func(r *commandRun) bool {
			stop = context.AfterFunc(kill, func() { r.kill(context.Cause(kill)) })
			return true
		},
		leave: func(*commandRun) { close(over) },
		guard: func() (osproc.Keeper, error) { return nil, nil },
	}
	job := &commandJob[In, Out]{task: &t, in: in}
	a, _ := e.runCommand(ctx, t.name, job, func() {}, func(*ExitError, time.Time) {})
	<-over
	stop()
	if a.err != nil {
		return none, a.err
	}
	return job.out, job.err
}
