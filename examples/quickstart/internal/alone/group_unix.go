//go:build unix

package alone

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the child the leader of a process group, so that a Ctrl-C on
// the terminal is not its business and killGroup reaches all it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// killGroup kills the child and its group. It is called before the child is
// reaped, so the number is still the child's.
func killGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
