package procactor_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// playReadsNoMore is a worker with the task echo that stops reading in the
// middle of the first request.
func playReadsNoMore() {
	c, err := wire.ParseChannels(os.Getenv(channelsVariable))
	if err != nil {
		return
	}
	requests := os.NewFile(c.Requests, "requests")
	in := wire.NewReader(requests, wire.MaxHello)
	if _, err := in.Next(); err != nil { // the parent's HELLO
		return
	}
	hello, err := wire.AppendHello(nil, wire.Hello{
		Version: wire.Current(), Limits: wire.DefaultLimits(),
		Tasks: []wire.TaskInfo{{Name: "echo", Input: "cbor", Output: "cbor", Concurrent: 1}},
	})
	if err != nil {
		return
	}
	out, _ := wire.EndMessage(append(wire.BeginFrame(nil, wire.KindHello, 0), hello...), 0, wire.DefaultLimits())
	start := len(out)
	out, _ = wire.EndMessage(wire.BeginFrame(out, wire.KindReady, 0), start, wire.DefaultLimits())
	_, _ = replies().Write(out)
	_, _ = io.ReadFull(requests, make([]byte, 1<<10))
	fmt.Println("enough")
	forever()
}

// A worker that stops reading keeps neither a caller who gives up nor what was
// still to be written: TestMain sees the goroutine that would be left.
func TestCallOfAWorkerThatReadsNoMore(t *testing.T) {
	t.Parallel()
	w := role(t, "reads-no-more")
	w.Grace = quick().Grace
	out, printed := lockstep(t)
	w.Stdout = out
	p, err := procactor.Start(t.Context(), newSystem(t), "w", w)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	running := call(ctx, echo.On(p), make([]byte, 1<<20))
	assert.Equal(t, "enough\n", printed())
	down := echo.On(p).Watch(t.Context())
	cancel()
	err = wait(t, "the call's end", running).err
	failed(t, err, actor.Unknown)
	assert.ErrorIs(t, err, context.Canceled)
	d := wait(t, "the Down", down)
	assert.ErrorIs(t, d.Reason, procactor.ErrOverdue)
	assert.True(t, exitOf(t, d.Reason).Killed)
}
