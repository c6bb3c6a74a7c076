package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// commandCall is one call of a command task, without its types.
type commandCall interface {
	build(ctx context.Context, dir string) (Command, error)
	// parse reports whether there is an answer; else failed says why not.
	parse(res Result) bool
	failed() error
}

// commandJob is one call of a command task. It keeps what parse returned: that
// error is the user's own, and must not be taken for one that says how far the
// call got.
type commandJob[In, Out any] struct {
	task *Task[In, Out]
	in   In
	out  Out
	err  error
}

func (j *commandJob[In, Out]) build(ctx context.Context, dir string) (Command, error) {
	f := j.task.command
	if f == nil || f.build == nil || f.parse == nil {
		return Command{}, errNoCommand
	}
	cmd, err := f.build(ctx, j.in, dir)
	return cmd, actor.SafeError(err)
}

func (j *commandJob[In, Out]) parse(res Result) bool {
	j.out, j.err = j.task.command.parse(res)
	j.err = actor.SafeError(j.err)
	return j.err == nil
}

func (j *commandJob[In, Out]) failed() error { return j.err }

// callCommand is Call for a command task: nothing is encoded, since both of its
// functions run here.
func (t *taskTarget[In, Out]) callCommand(ctx context.Context, in In) (Out, error) {
	var none Out
	ctx, cancel := t.bounded(ctx)
	defer cancel()
	r := new(request)
	c, err := t.prepare(ctx, "call", in, r)
	if err != nil {
		return none, err
	}
	o := c.do(ctx, r)
	job, ok := r.command.(*commandJob[In, Out])
	if !ok || o.answer.err != nil || o.answer.kind != wire.KindReply {
		return none, t.failure(ctx, r, o)
	}
	return job.out, nil
}
