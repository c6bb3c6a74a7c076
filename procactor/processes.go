package procactor

import (
	"slices"

	"github.com/proctor-dev/proctor/actor"
)

// ProcessIDsAt returns the ids of the operating system's processes that run for
// the actor at the path, such as "top/web", in ascending order: that of a worker
// or of a plain program, also of one by [RunDaemonFor], those of a pool's
// workers; none when nothing runs there, or what runs is of another kind. It is
// what was so a moment ago: a process may have ended since.
func ProcessIDsAt(sys *actor.System, path string) []int {
	for _, at := range []string{path, runFor(path)} {
		if pid, ok := DaemonAt(sys, at).Process(); ok {
			return []int{pid}
		}
	}
	c, err := coreAt(sys, path)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	seats := slices.Clone(c.seats)
	c.mu.Unlock()
	var pids []int
	for _, s := range seats {
		if pid := s.process(); pid != 0 {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}
