// Package askers asks a supervisor everything about a child that somebody has
// just heard to be dead: tests hold by it that the supervisor knows first.
package askers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// question asks about a child whose life is over; the error is what is wrong
// about the answer.
type question func(ctx context.Context, sup *supervise.Supervisor, id string, dead actor.PID) error

func questions() []question {
	return []question{which, count, snapshot, restart, remove, terminate, add}
}

// Questions is how many there are.
func Questions() int { return len(questions()) }

// Ask asks the n-th of the Questions about a temporary child, or an instance of
// one, that was the only one of the supervisor, and whose life dead is over. The
// error is nil when the answer knows that.
func Ask(ctx context.Context, sup *supervise.Supervisor, dead actor.PID, n int) error {
	id := dead.Name[strings.LastIndexByte(dead.Name, '/')+1:]
	if err := questions()[n](ctx, sup, id, dead); err != nil {
		return fmt.Errorf("question %d about %s: %w", n, dead, err)
	}
	return nil
}

func which(ctx context.Context, sup *supervise.Supervisor, _ string, _ actor.PID) error {
	list, err := sup.WhichChildren(ctx)
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("it is listed: %+v", list)
	}
	return err
}

func count(ctx context.Context, sup *supervise.Supervisor, _ string, _ actor.PID) error {
	n, err := sup.CountChildren(ctx)
	if err == nil && n.Active+n.Workers+n.Supervisors > 0 {
		err = fmt.Errorf("it is counted: %+v", n)
	}
	return err
}

func snapshot(ctx context.Context, sup *supervise.Supervisor, _ string, dead actor.PID) error {
	snap, err := sup.Snapshot(ctx)
	for _, c := range snap.Children {
		if c.PID == dead || c.Phase == supervise.PhaseRunning {
			err = fmt.Errorf("it is shown: %+v", c)
		}
	}
	return err
}

func restart(ctx context.Context, sup *supervise.Supervisor, id string, _ actor.PID) error {
	_, err := sup.RestartChild(ctx, id)
	return unless(err, supervise.ErrNotFound, supervise.ErrSimpleOneForOne)
}

func remove(ctx context.Context, sup *supervise.Supervisor, id string, _ actor.PID) error {
	return unless(sup.DeleteChild(ctx, id), supervise.ErrNotFound, supervise.ErrSimpleOneForOne)
}

func terminate(ctx context.Context, sup *supervise.Supervisor, id string, _ actor.PID) error {
	err := sup.TerminateChild(ctx, id)
	if err == nil && strings.Contains(id, "#") {
		return nil // it was an instance once
	}
	return unless(err, supervise.ErrNotFound)
}

// add adds one of that id, which has nothing to start and so is forgotten.
func add(ctx context.Context, sup *supervise.Supervisor, id string, _ actor.PID) error {
	_, err := sup.StartChild(ctx, supervise.ChildSpec{
		ID: id, Restart: supervise.Temporary,
		Start: func(context.Context, *actor.Slot) error { return supervise.ErrIgnore },
	})
	return unless(err, nil, supervise.ErrSimpleOneForOne)
}

// unless makes an error of an answer that is none of the right ones.
func unless(got error, right ...error) error {
	for _, r := range right {
		if errors.Is(got, r) {
			return nil
		}
	}
	if got == nil {
		return errors.New("it was done")
	}
	return fmt.Errorf("the answer is %w", got)
}
