package procactor

import "github.com/proctor-dev/proctor/procactor/internal/osproc"

// leaves waits for the end of a process whose channel has ended, and reports
// whether it came. One that is on its way out may be long in coming on a busy
// machine: between the end of its files and its own it has to be scheduled, and
// so has this process, to hear of it. It is given the time, so that we do not
// take its death for ours.
func (s *seat) leaves() bool {
	return waitFor(s.exited, exitBound) || s.child.Leaving() && waitFor(s.exited, osproc.ReapBound)
}
