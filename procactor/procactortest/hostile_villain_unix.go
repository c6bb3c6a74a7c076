//go:build unix

package procactortest

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/proctor-dev/proctor/procactor/wire"
)

const channelsVariable = wire.EnvFDs

func openChannels(c wire.Channels) (requests, replies, crash *os.File, err error) {
	for _, fd := range []uintptr{c.Requests, c.Replies, c.Crash} {
		syscall.CloseOnExec(int(fd))
	}
	return os.NewFile(c.Requests, "requests"), os.NewFile(c.Replies, "replies"), os.NewFile(c.Crash, "crash"), nil
}

// escape takes the child out of the villain's process group.
func escape(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// tricksOfSystem are the tricks that other systems do not have.
func tricksOfSystem() []trick {
	return []trick{
		{
			name: "ignores STOP and signals", does: "answers, then ignores STOP, TERM and QUIT",
			play: func(v *villain) {
				signal.Ignore(syscall.SIGTERM, syscall.SIGQUIT)
				v.answerAll()
			},
			run: (*bout).stops,
		},
		{
			name: "escaped forger", does: "exits; a child in a session of its own goes on sending frames",
			play: func(v *villain) {
				id := v.serve()
				v.leave(partForger, func(cmd *exec.Cmd) {
					escapes(cmd)
					cmd.ExtraFiles = []*os.File{v.out}
				})
				v.send(wire.Header{Kind: wire.KindStarted, ID: id})
				exit(0)
			},
			run: (*bout).leavesSomebody,
		},
	}
}
