//go:build windows

package procactor

import (
	"os"

	"github.com/proctor-dev/proctor/procactor/wire"
	"golang.org/x/sys/windows"
)

const channelsVariable = wire.EnvHandles

// workerChannels are a worker's ends of what it inherited.
type workerChannels struct{ in, out, crash *os.File }

// openChannels opens the inherited handles, and has no child inherit them.
func openChannels(c wire.Channels) (workerChannels, error) {
	for _, h := range []uintptr{c.Requests, c.Replies, c.Crash} {
		if err := windows.SetHandleInformation(windows.Handle(h), windows.HANDLE_FLAG_INHERIT, 0); err != nil {
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

// endOwnGroup does nothing: on Windows the parent's job object ends whatever
// the worker started.
func endOwnGroup() {}
