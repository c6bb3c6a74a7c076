package procactor

import (
	"context"
	"log/slog"
)

// commandAlone runs one call of a command task without a System, as a person
// does by hand, and returns when nothing of it is left: also after ctx has
// ended. Its error is that of a call, without its wrapping.
func commandAlone[In, Out any](ctx context.Context, t Task[In, Out], w Worker, log *slog.Logger, in In) (Out, error) {
	var none Out
	w, err := w.checked()
	if err != nil {
		return none, err
	}
	over := make(chan struct{})
	h := &commandHost{
		worker: w, log: log,
		enter: func(*commandRun) bool { return true },
		leave: func(*commandRun) { close(over) },
		guard: func() (*ward, error) { return nil, nil },
	}
	job := &commandJob[In, Out]{task: &t, in: in}
	a, _ := h.runCommand(ctx, t.name, job, func() {})
	<-over
	if a.err != nil {
		return none, a.err
	}
	return job.out, job.err
}
