package live

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// Signal implements [control.Tree]: it signals the processes of one child.
func (t *Tree) Signal(ctx context.Context, path string, sig os.Signal, group bool) error {
	full, err := t.Find(ctx, path)
	if err != nil {
		return err
	}
	send := procactor.SignalAt
	if group {
		send = procactor.SignalGroupAt
	}
	err = send(t.sys, t.name()+"/"+full, sig)
	if errors.Is(err, actor.ErrNoActor) {
		return t.notSignaled(ctx, full)
	}
	return told(err)
}

// notSignaled says why a child has no process.
func (t *Tree) notSignaled(ctx context.Context, path string) error {
	root, err := t.Status(ctx)
	if err != nil {
		return err
	}
	refuse := func(format string, args ...any) error {
		return &control.Error{Code: control.CodeConflict, Message: fmt.Sprintf(format, args...)}
	}
	n, ok := beneath(root, path)
	switch {
	case !ok:
		return &control.Error{Code: control.CodeNotFound, Message: fmt.Sprintf("%s is gone", path)}
	case n.Type == supervise.SupervisorChild.String():
		return refuse("%s is a supervisor, not a program: name one of its children", path)
	case n.State == string(supervise.PhaseRunning):
		return refuse("%s has no process now", path)
	}
	return refuse("%s is not running: it is %s", path, n.State)
}

// beneath finds the child with that path.
func beneath(n control.Node, path string) (control.Node, bool) {
	for _, c := range n.Children {
		if c.Path == path {
			return c, true
		}
		if found, ok := beneath(c, path); ok {
			return found, true
		}
	}
	return control.Node{}, false
}
