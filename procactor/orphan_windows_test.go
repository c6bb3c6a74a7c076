package procactor_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// playParent starts workers of all sorts, names them and what they started on
// stdout, and waits to be killed.
func playParent() {
	procactor.Main(act)
	ctx, sys := context.Background(), actor.NewSystem()
	for i, do := range []string{"", "spin", "child", "nested"} {
		p, err := procactor.Start(ctx, sys, "w"+strconv.Itoa(i), quick())
		if err != nil {
			fmt.Println("error", err)
			return
		}
		say := func(d deed) {
			pid, err := act.On(p).Call(ctx, d)
			if err != nil {
				pid = "error " + err.Error()
			}
			fmt.Println(pid)
		}
		say(deed{Do: "pid"})
		switch do {
		case "child":
			say(deed{Do: "child"})
		case "nested":
			say(deed{Do: "nested child"})
		case "spin":
			go act.On(p).Call(ctx, deed{Do: do}) //nolint:errcheck // it never ends
		}
	}
	fmt.Println("all")
	select {}
}

// Guarantee(windows): On Windows, a parent that is terminated leaves no worker behind, and nothing that a worker started.
func TestTerminatedParentLeavesNothing(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=parent")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var pids []int
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "all" {
			break
		}
		pid, err := strconv.Atoi(lines.Text())
		require.NoError(t, err, "%s", lines.Text())
		pids = append(pids, pid)
	}
	assert.Len(t, pids, 6)
	for _, pid := range pids {
		assert.False(t, isGone(pid), "%d runs as long as its parent does", pid)
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	requireGone(t, pids...)
}
