package procactortest

import (
	"os"
	"os/exec"
	"syscall"

	"github.com/proctor-dev/proctor/procactor/wire"
)

const channelsVariable = wire.EnvHandles

func openChannels(c wire.Channels) (requests, replies, crash *os.File, err error) {
	for _, h := range []uintptr{c.Requests, c.Replies, c.Crash} {
		if err := syscall.SetHandleInformation(syscall.Handle(h), syscall.HANDLE_FLAG_INHERIT, 0); err != nil {
			return nil, nil, nil, err
		}
	}
	return os.NewFile(c.Requests, "requests"), os.NewFile(c.Replies, "replies"), os.NewFile(c.Crash, "crash"), nil
}

// escape does what it can: a child of a process in a job is in that job.
func escape(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// tricksOfSystem are the tricks that need signals, or descriptors by number.
func tricksOfSystem() []trick { return nil }
