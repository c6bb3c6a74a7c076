//go:build unix

package procactor

import (
	"os"
	"os/exec"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// GuardianOf returns the process that guards the System's workers; zero when
// there is none.
func GuardianOf(sys *actor.System) int { return guardian.ProcessOf(sys) }

// GuardedBy returns the groups that the System's guardian was told of.
func GuardedBy(sys *actor.System) (pids []int) { return guardian.GroupsOf(sys) }

// TellGuardian tells the System's guardian n times of a group and of its end.
// The group must be one of its workers.
func TellGuardian(sys *actor.System, pid, n int) { guardian.TellAgain(sys, pid, n) }

// KeepGrace is what Main does for a worker that wants time to end.
func KeepGrace() { osproc.KeepGrace() }

// SpawnCommand starts a program as a command of the System, and returns its
// stdout and what waits for its end.
func SpawnCommand(sys *actor.System, env []string, argv ...string) (pid int, stdout *os.File, wait func(), err error) {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return 0, nil, nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, nil, nil, err
	}
	defer osproc.CloseAll(w)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, nil, nil, err
	}
	defer osproc.CloseAll(null)
	ward, err := guardian.SlotFor(sys, guardian.Command, guarding())
	if err != nil {
		return 0, nil, nil, err
	}
	c, err := osproc.Start(osproc.Plan{Path: path, Args: argv, Env: env, Keeper: ward}, null, w, null)
	if err != nil {
		ward.Release()
		return 0, nil, nil, err
	}
	return c.Pid(), r, func() { c.Wait() }, nil
}

// PipeTo makes a pipe to a worker.
func PipeTo() (ours, theirs *os.File, err error) { return osproc.PipeTo() }
