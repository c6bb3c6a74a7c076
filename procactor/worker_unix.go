//go:build unix

package procactor

import (
	"os"
	"syscall"

	"github.com/proctor-dev/proctor/procactor/wire"
)

const channelsVariable = wire.EnvFDs

// workerChannels are a worker's ends of what it inherited.
type workerChannels struct{ in, out, crash *os.File }

// openChannels opens the inherited descriptors. They are blocking on purpose:
// a worker's reader that goes through the poller pays a second wake-up for
// each request.
func openChannels(c wire.Channels) (workerChannels, error) {
	for _, fd := range []uintptr{c.Requests, c.Replies, c.Crash} {
		syscall.CloseOnExec(int(fd)) // otherwise a child of the worker keeps the channel open after it
		if err := syscall.SetNonblock(int(fd), false); err != nil {
			return workerChannels{}, err
		}
	}
	in := os.NewFile(c.Requests, "proctor-requests")
	out := in
	if c.Replies != c.Requests {
		out = os.NewFile(c.Replies, "proctor-replies")
	}
	return workerChannels{in: in, out: out, crash: os.NewFile(c.Crash, "proctor-crash")}, nil
}

// endOwnGroup kills the worker's process group, itself included, if it leads
// one: what it started must not outlive the parent either.
func endOwnGroup() {
	if pid := syscall.Getpid(); syscall.Getpgrp() == pid {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
}
