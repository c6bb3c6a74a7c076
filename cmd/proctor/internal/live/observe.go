package live

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/supervise"
)

// observer reads what the supervisors decide, to flush the children's output
// when they have ended, and for the chronicle.
type observer struct {
	tree  *Tree
	ctx   context.Context
	leave context.CancelFunc
	once  sync.Once
	over  sync.WaitGroup
	told  chan struct{} // closed when the chronicle has all
}

func (t *Tree) observer() *observer {
	o := &observer{tree: t, told: make(chan struct{})}
	o.ctx, o.leave = context.WithCancel(context.Background())
	return o
}

// before has the reading begin with the first start: no supervisor is at the
// path before.
func (o *observer) before(s supervise.Spec) supervise.Spec {
	if len(s.Children) == 0 {
		return s
	}
	s.Children = slices.Clone(s.Children)
	start := s.Children[0].Start
	s.Children[0].Start = func(ctx context.Context, at *actor.Slot) error {
		o.begin()
		return start(ctx, at)
	}
	return s
}

func (o *observer) begin() {
	o.once.Do(func() {
		events, again := o.tree.top().Events(o.ctx), o.tree.top().Events(o.ctx)
		o.over.Go(func() { o.read(events) })
		o.over.Go(func() { // on its own: the other one may have to wait a little for whoever prints
			defer close(o.told)
			for e := range again {
				o.tree.chronicle.add(o.tree.event(e))
			}
		})
	})
}

// end ends the reading when the tree has ended, with which its events end.
func (o *observer) end() {
	late := time.NewTimer(time.Second) // what did not end tells nothing any more
	defer late.Stop()
	select {
	case <-o.told:
	case <-late.C:
	}
	o.leave()
	o.over.Wait()
	o.tree.chronicle.close()
}

func (o *observer) read(events iter.Seq[supervise.Event]) {
	t := o.tree
	for e := range events {
		if e.Kind != supervise.EventExited && e.Kind != supervise.EventStopped && e.Kind != supervise.EventStartFailed {
			continue
		}
		if s := t.sources()[output.Name(t.below(e.Supervisor, e.Child))]; s != nil {
			s.Flush()
		}
	}
}

// below is the path of a child below the root.
func (t *Tree) below(supervisor, child string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(supervisor, t.name()), "/")
	if path == "" || child == "" {
		return path + child
	}
	return path + "/" + child
}

// Events implements [control.Tree].
func (t *Tree) Events(ctx context.Context, last int, follow bool) iter.Seq[control.Event] {
	return t.chronicle.events(ctx, last, follow)
}

func (t *Tree) event(e supervise.Event) control.Event {
	told := control.Event{
		At: e.At, Supervisor: t.below(e.Supervisor, ""), Kind: e.Kind.String(), Child: e.Child,
		Rule: e.Rule, Used: e.Used, Allowed: e.Allowed, Lost: e.Lost, Text: e.String(),
	}
	if e.Reason != nil {
		told.Reason = fmt.Sprint(e.Reason)
	}
	if e.Verdict != supervise.ByType {
		told.Verdict = e.Verdict.String()
	}
	if e.Delay > 0 {
		told.Delay = e.Delay.String()
	}
	if e.Period > 0 {
		told.Period = e.Period.String()
	}
	return told
}
