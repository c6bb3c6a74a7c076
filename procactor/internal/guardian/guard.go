//go:build unix

package guardian

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// guardName is the name under which a System keeps its guard.
const guardName = "procactor:guardian"

// guard sees to it that the children of a System do not outlive this process.
// It is an actor of the System, so that it ends with it, and knows each child's
// process group from the spawn to the reaping. What it knows it tells a guardian,
// a process that kills the groups when this one is gone.
type guard struct {
	sys  *actor.System
	with Config
	life *actor.Life

	family osproc.Family // what the children share

	mu      sync.Mutex // protects the following
	slots   int        // taken and not released
	groups  map[int]group
	now     *guardian // nil when none runs
	off     bool      // there will be no guardian any more
	deaths  []time.Time
	lacking string // why the last could not be started; empty: it was
	closing bool
	mortals int         // children that are spawned by the thread
	thread  chan func() // nil when there are none
}

// guardCell is the cell of a guard; it has no queue and so nothing to be told.
type guardCell struct{ guard *guard }

// Live implements [actor.Cell].
func (*guardCell) Live(*actor.Life) {}

// Held implements [actor.Cell].
func (*guardCell) Held() {}

// Gone implements [actor.Cell].
func (*guardCell) Gone(error) {}

// SlotFor takes a place for one child with the guard of the System, which is
// begun with the first. Whoever takes a Slot hands it to osproc.Start in its plan, and
// releases it when no child came of it; otherwise osproc.Child.Wait does. It fails with
// [actor.ErrShutdown] when the System is being closed.
func SlotFor(sys *actor.System, kind Kind, with Config) (*Slot, error) {
	g, err := guardFor(sys, with)
	if err != nil {
		return nil, err
	}
	return g.take(kind)
}

// FamilyOf returns what the children of the System share. It fails with
// [actor.ErrShutdown] when the System is being closed.
func FamilyOf(sys *actor.System, with Config) (*osproc.Family, error) {
	g, err := guardFor(sys, with)
	if err != nil {
		return nil, err
	}
	return &g.family, nil
}

// guardFor returns the guard of the System, and begins it when there is none.
func guardFor(sys *actor.System, with Config) (*guard, error) {
	for {
		if c, ok := sys.CellAt(guardName); ok {
			cell, ok := c.(*guardCell)
			if !ok {
				return nil, fmt.Errorf("%w: the name %q is procactor's own", actor.ErrTaken, guardName)
			}
			return cell.guard, nil
		}
		g := &guard{sys: sys, with: with, groups: make(map[int]group)}
		_, l, err := actor.Begin(sys, guardName, func() *guardCell { return &guardCell{g} })
		if err == nil {
			g.begun(l)
		} else if !errors.Is(err, actor.ErrTaken) && !errors.Is(err, actor.ErrType) {
			return nil, err
		} // otherwise another first child was faster
	}
}

func (g *guard) begun(l *actor.Life) {
	g.life = l
	l.ParentOnly()
	l.SetShutdown(2 * osproc.ReapBound) // what retire takes at most
	l.OnStop(g.stop)
	l.OnKill(g.stop)
	l.Ready()
}

// stop ends the life of the guard. It is not the last of the System to end, if
// whoever started its first child, such as a supervisor, was there before it:
// then the guardian goes on, and ends with the last child.
func (g *guard) stop(reason error) {
	g.mu.Lock()
	again, idle := g.closing, g.slots == 0
	g.closing = true
	g.mu.Unlock()
	if again {
		return
	}
	go func() {
		if idle {
			g.retire()
		}
		g.life.End(reason)
	}()
}

// take counts a child in.
func (g *guard) take(kind Kind) (*Slot, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return nil, fmt.Errorf("%w: the system is being closed", actor.ErrShutdown)
	}
	g.slots++
	w := &Slot{guard: g, kind: kind}
	if kind != Self {
		if g.thread == nil {
			g.thread = make(chan func())
			go osproc.KeepThread(g.thread)
		}
		g.mortals++
		w.thread = g.thread
		if g.now == nil {
			g.employ() // before the child is there: nobody else ends what that starts
		}
	}
	return w, nil
}

// give counts a child out; when it was the last of a System that is being
// closed, it returns after the guardian has ended.
func (g *guard) give(w *Slot) {
	g.mu.Lock()
	g.slots--
	if w.thread != nil {
		if g.mortals--; g.mortals == 0 {
			close(g.thread)
			g.thread = nil
		}
	}
	last := g.closing && g.slots == 0
	g.mu.Unlock()
	if last {
		g.retire()
	}
}

// add registers a child's group.
func (g *guard) add(pid int, of group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups[pid] = of
	if g.now == nil {
		g.employ()
	} else {
		g.now.tell(guardOrder{guardGroup, pid, of})
	}
}

// remove forgets a child's group; it is called before the child is reaped.
func (g *guard) remove(pid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.groups[pid]; !known {
		return
	}
	delete(g.groups, pid)
	if g.now != nil {
		g.now.tell(guardOrder{kind: guardOver, pid: pid})
	}
}

// employ starts a guardian and tells it of all groups; with g.mu held. It
// does not wait: what is told waits in the pipe.
func (g *guard) employ() {
	if g.off {
		return
	}
	if !g.with.HasMain() {
		g.off = true
		record.Unguarded.Log(g.sys.Logger())
		return
	}
	k, err := newGuardian(&g.family, g.with.Env)
	if err != nil {
		g.lacks(err)
		return
	}
	for pid, of := range g.groups {
		k.tell(guardOrder{guardGroup, pid, of})
	}
	g.now = k
	go func() {
		how := k.run()
		g.lost(k, how)
		close(k.ended)
	}()
}

// lacks tells of a guardian that could not be started, with g.mu held, and once
// for each reason. The system may only be short of something, such as
// descriptors: the next child has another tried.
func (g *guard) lacks(err error) {
	if g.lacking == err.Error() {
		return
	}
	g.lacking = err.Error()
	record.GuardianLacks.Log(g.sys.Logger(), record.Reason(err))
}

// lost deals with a guardian that has ended, or could not be started.
func (g *guard) lost(k *guardian, how error) {
	_ = k.pipe.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now != k {
		return // it was retired
	}
	g.now = nil
	if k.child == nil {
		g.lacks(how)
		return
	}
	g.lacking = ""
	var again bool
	g.deaths, again = mayReplace(g.deaths, time.Now())
	if !again {
		g.off = true
		record.GuardianGivenUp.Log(g.sys.Logger(), record.Reason(how))
		return
	}
	record.GuardianReplaced.Log(g.sys.Logger(), record.Reason(how))
	g.employ()
}

// retire ends the guardian when nobody is left to be guarded.
func (g *guard) retire() {
	g.mu.Lock()
	k := g.now
	g.now, g.off = nil, true
	g.mu.Unlock()
	if k == nil {
		return
	}
	if err := k.dismiss(); err != nil {
		record.GuardianOdd.Log(g.sys.Logger(), record.Reason(err))
	}
}

// await returns when a guardian was started, if there is to be one: from then
// on what is registered does not survive this process.
func (g *guard) await(ctx context.Context) {
	g.mu.Lock()
	k := g.now
	g.mu.Unlock()
	if k == nil {
		return
	}
	select {
	case <-k.spawned:
	case <-ctx.Done():
	}
}
