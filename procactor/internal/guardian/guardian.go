//go:build unix

package guardian

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// Exit codes of a guardian, beside osproc.ExitNotServed.
const (
	exitNobodyLeft = 0 // the pipe ended and no group was in the table
	exitKilled     = 1 // it had to kill
)

// guardianPace is how often the guardian looks whether a group that has time
// yet has ended by itself.
const guardianPace = 50 * time.Millisecond

// Run is the life of the guardian: to remember its parent's groups until
// the parent is gone, to kill those that are left, and to return the exit code.
// What it does not understand it does not act on: then it kills nobody.
func Run(text string) int {
	// Whoever ends the parent by a signal to all of its service, or of its
	// terminal, must not end the guardian first.
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	fd, err := parseGuard(text)
	if err != nil {
		return osproc.ExitNotServed
	}
	groups, err := readGuardOrders(os.NewFile(fd, "proctor-guardian"))
	switch {
	case err != nil:
		return osproc.ExitNotServed
	case len(groups) == 0:
		return exitNobodyLeft
	}
	killGroups(groups)
	return exitKilled
}

// killGroups kills the groups, each when its time is over or its leader ended.
func killGroups(groups map[int]group) {
	begin := time.Now()
	pace := time.NewTicker(guardianPace)
	defer pace.Stop()
	for {
		for pid, g := range finalOrders(groups, time.Since(begin), osproc.LookAtLeader) {
			_ = syscall.Kill(-pid, syscall.SIGKILL)
			osproc.KillLeader(pid, g.start)
		}
		if len(groups) == 0 {
			return
		}
		<-pace.C
	}
}
