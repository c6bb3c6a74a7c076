package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/internal/nearest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// Status implements [control.Tree].
func (t *Tree) Status(ctx context.Context) (control.Node, error) {
	snap, err := t.top().Snapshot(ctx)
	if err != nil {
		return control.Node{}, told(err)
	}
	return t.node(snap), nil
}

// Board implements [control.Tree].
func (t *Tree) Board() *output.Board { return t.Config.Board }

func (t *Tree) node(s supervise.Snapshot) control.Node {
	path := t.below(s.Path, "")
	n := control.Node{
		ID: s.Path[strings.LastIndexByte(s.Path, '/')+1:], Path: path, Type: supervise.SupervisorChild.String(), State: string(s.Phase), Since: s.Since,
		Strategy: s.Policy.Strategy.String(), Intensity: s.Policy.Intensity, Period: s.Policy.Period.String(), Used: s.Used,
	}
	for _, c := range s.Children {
		n.Children = append(n.Children, t.child(s.Path, c))
	}
	return n
}

func (t *Tree) child(parent string, c supervise.ChildSnapshot) control.Node {
	n := control.Node{Type: c.Type.String()}
	if c.Supervisor != nil {
		n = t.node(*c.Supervisor)
	}
	n.ID, n.Path = c.ID, t.below(parent, c.ID)
	n.State, n.Since, n.Restart, n.Significant = string(c.Phase), c.Since, c.Restart.String(), c.Significant
	n.Restarts, n.LastReason, n.LastExit, n.NextTry, n.CircuitOpen = c.Restarts, c.LastReason, c.LastExit, c.NextTry, c.CircuitOpen
	n.Finished = hasFinished(c)
	switch pids := procactor.ProcessesAt(t.sys, parent+"/"+c.ID); {
	case len(pids) == 1:
		n.PID = pids[0]
	default:
		n.PIDs = pids
	}
	return n
}

// hasFinished reports whether a child is down as it should be: it ended well, and
// comes back only after a crash.
func hasFinished(c supervise.ChildSnapshot) bool {
	return c.Phase == supervise.PhaseStopped && c.Restart == supervise.Transient && c.LastReason == actor.ErrNormal.Error()
}

// Find implements [control.Tree]: a path, or an id that only one child has.
func (t *Tree) Find(ctx context.Context, path string) (string, error) {
	root, err := t.Status(ctx)
	if err != nil {
		return "", err
	}
	var exact bool
	var named, known []string
	var walk func(n control.Node)
	walk = func(n control.Node) {
		for _, c := range n.Children {
			exact = exact || c.Path == path
			known = append(known, c.Path, c.ID)
			if c.ID == path {
				named = append(named, c.Path)
			}
			walk(c)
		}
	}
	walk(root)
	switch {
	case exact:
		return path, nil
	case len(named) == 1:
		return named[0], nil
	case len(named) > 1:
		return "", &control.Error{Code: control.CodeConflict, Message: fmt.Sprintf("%q is more than one child: %s", path, strings.Join(named, ", "))}
	}
	message := fmt.Sprintf("no child is called %q", path)
	if near := nearest.To(path, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return "", &control.Error{Code: control.CodeNotFound, Message: message}
}
