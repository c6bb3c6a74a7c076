package live

import (
	"context"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// Status implements [control.Tree].
func (t *Tree) Status(ctx context.Context) (control.Node, error) {
	snap, err := t.top().Snapshot(ctx)
	if err != nil {
		return control.Node{}, told(err)
	}
	root := t.node(snap)
	if missing := t.missingIn(snap); len(missing.forgotten) > 0 {
		ids := make(map[string][]string)
		for _, f := range missing.forgotten {
			ids[f.of] = append(ids[f.of], f.id)
		}
		tellForgotten(&root, ids)
	}
	return root, nil
}

// tellForgotten puts the ids at the supervisors of these paths.
func tellForgotten(n *control.Node, ids map[string][]string) {
	n.Forgotten = ids[n.Path]
	for i := range n.Children {
		tellForgotten(&n.Children[i], ids)
	}
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
	pids := procactor.ProcessIDsAt(t.sys, parent+"/"+c.ID)
	n.StoppedPIDs = halted(pids)
	switch {
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
