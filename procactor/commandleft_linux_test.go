package procactor_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// Guarantee(programs): However a command ends, no process, descriptor, goroutine or directory is left of it.
func TestCommandsLeaveNothing(t *testing.T) {
	c := commandsIn(t)
	c.Limit = 2
	h := startCommands(t, c)
	s := newStage(t)
	round := func() {
		fed := sh("cat")
		fed.Stdin = strings.NewReader("x")
		blocked := sh("exit 1")
		blocked.Stdin = endless{}
		failing := sh("cat")
		failing.Stdin = refusing{errors.New("no")}
		filed := sh("echo x")
		filed.StdoutFile = "out"
		for _, cmd := range []procactor.Command{
			fed, blocked, failing, filed,
			sh("kill -KILL $$"), sh("sleep 1000 & exit 0"),
			{Path: "no-such-program-anywhere"},
			{Path: script(t, "none", 0o700)},
			{Path: "sh", Dir: "none"},
		} {
			_, _ = shoot.On(h).Call(t.Context(), shot{cmd: cmd})
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := call(ctx, marionette(t).On(h), s.part("canceled"))
		player := s.next(t)
		cancel()
		require.Error(t, wait(t, "the call's end", got).err)
		require.NoError(t, player.conn.Close())
		require.NoError(t, procactor.Quiet(t.Context(), h))
	}
	round() // what is made once is there now
	check := nothingLeft(t)
	for range 10 {
		round()
	}
	check()
}
