//go:build unix

package guardian

import "github.com/proctor-dev/proctor/actor"

// guardOf returns the guard of the System; nil: there is none.
func guardOf(sys *actor.System) *guard {
	c, _ := sys.CellAt(guardName)
	cell, ok := c.(*guardCell)
	if !ok {
		return nil
	}
	return cell.guard
}

// ProcessOf returns the process that guards the System's children; zero when
// there is none. It is for tests.
func ProcessOf(sys *actor.System) int {
	g := guardOf(sys)
	if g == nil {
		return 0
	}
	g.mu.Lock()
	k := g.now
	g.mu.Unlock()
	if k == nil {
		return 0
	}
	<-k.spawned
	if k.child == nil {
		return 0
	}
	return k.child.Pid()
}

// GroupsOf returns the groups that the System's guardian was told of. It is for
// tests.
func GroupsOf(sys *actor.System) (pids []int) {
	if g := guardOf(sys); g != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		for pid := range g.groups {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TellAgain tells the System's guardian n times of a group and of its end.
// The group must be one that it knows. It is for tests.
func TellAgain(sys *actor.System, pid, n int) {
	g := guardOf(sys)
	g.mu.Lock()
	of := g.groups[pid]
	g.mu.Unlock()
	for range n {
		g.remove(pid)
		g.add(pid, of)
	}
}
