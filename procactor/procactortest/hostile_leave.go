package procactortest

import (
	"os"
	"os/exec"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// leavingTricks leave somebody who holds what the parent reads.
func leavingTricks() []trick {
	inherit := func(cmd *exec.Cmd) { cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr }
	leaves := func(part string, change func(*exec.Cmd)) func(*villain) {
		return func(v *villain) {
			id := v.serve()
			v.leave(part, func(cmd *exec.Cmd) { inherit(cmd); change(cmd) })
			v.send(wire.Header{Kind: wire.KindStarted, ID: id})
			exit(0)
		}
	}
	stays := func(*exec.Cmd) {}
	return []trick{
		{name: "leaves a child", does: "exits; a child holds its stdout and stderr", play: leaves(partAccomplice, stays), run: died("status 0")},
		{name: "leaves a scribbler", does: "exits; a child goes on writing on both", play: leaves(partScribbler, stays), run: died("status 0")},
		{name: "escaped child", does: "exits; a child in a session of its own holds its stdout and stderr", play: leaves(partAccomplice, escapes), run: (*bout).leavesSomebody},
		{name: "escaped scribbler", does: "exits; a child in a session of its own goes on writing on both", play: leaves(partScribbler, escapes), run: (*bout).leavesSomebody},
	}
}

// leavesSomebody is a row whose villain exits and leaves a child that nobody
// but the system can end: the call ends in bounded time all the same.
func (b *bout) leavesSomebody() {
	h := b.begin()
	_, err := b.call(b.bounded(), h, 1)
	b.failed(err, unknown(isA[*procactor.ExitError], "status 0"))
	b.dead()
	b.othersWork(10)
}
