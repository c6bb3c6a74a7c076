package procactor

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// talk runs a worker's server and a parent's conn over pipes without a process,
// so that time can be a bubble's.
func talk(t *testing.T, tasks ...MainOption) (c *link.Conn, code <-chan int) {
	t.Helper()
	c, _, code = talkOver(t, tasks...)
	return c, code
}

// talkOver is talk whose parent may stop to read: by closing replies.
func talkOver(t *testing.T, tasks ...MainOption) (c *link.Conn, replies io.Closer, code <-chan int) {
	t.Helper()
	requestsR, requestsW := io.Pipe()
	repliesR, repliesW := io.Pipe()
	ready := make(chan struct{})
	c = link.New(link.Plain(joined{repliesR, requestsW}), 0, func(f wire.Frame) error {
		if f.Kind == wire.KindReady {
			close(ready)
			return nil
		}
		c.Agree(wire.DefaultLimits())
		return nil
	})
	ended := make(chan int, 1)
	go func() {
		ended <- newServer(newCatalog(tasks), requestsR, repliesW, nil).serve()
		_ = repliesW.Close()
		_ = requestsR.Close()
	}()
	require.NoError(t, c.Greet(wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()}))
	<-ready
	return c, repliesR, ended
}

// aWhile is longer than a worker waits before it says that a task has started.
const aWhile = 10 * time.Millisecond

// ask begins a call of a task that takes and gives nothing.
func ask(t *testing.T, c *link.Conn, task string, stream bool) *link.Exchange {
	t.Helper()
	x := link.NewExchange(c.Limits().Window, stream)
	_, err := c.Begin(t.Context(), x, func(dst []byte) ([]byte, error) {
		dst, err := wire.AppendRequestHead(dst, task, wire.Meta{Attempt: 1})
		return append(dst, 0xF6), err // CBOR's null
	}, 1)
	require.NoError(t, err)
	return x
}

func TestPingIsAnsweredWhileATaskRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, code := talk(t, NewTask("wait", func(ctx context.Context, _ *int) (int, error) { <-ctx.Done(); return 0, ctx.Err() }))
		x := ask(t, c, "wait", false)
		for range 3 {
			assert.Zero(t, c.Ping(), "every earlier one was answered")
			<-time.After(aWhile) // by the bubble's clock
			synctest.Wait()
		}
		assert.True(t, x.Started(0), "STARTED comes for a task that takes long")
		c.Cancel(x, "enough")
		<-x.Ready()
		assert.Equal(t, wire.KindError, x.Result().Kind)
		c.Stop()
		assert.Equal(t, exitServed, <-code)
	})
}

func TestStreamWaitsForCredit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		item := make([]byte, 60<<10)
		sent := 0
		c, code := talk(t, NewStreamTask("flood", func(_ context.Context, _ *int, emit func([]byte) error) error {
			for range 20 {
				if err := emit(item); err != nil {
					return err
				}
				sent++
			}
			return nil
		}))
		x := ask(t, c, "flood", true)
		synctest.Wait()
		window := int(wire.DefaultLimits().Window)
		assert.Equal(t, window/len(item)+1, sent, "a window, and the item that passes its end")
		got := 0
		require.NoError(t, c.Consume(t.Context(), x, func([]byte) error {
			got++
			return nil
		}))
		assert.Equal(t, 20, got)
		assert.Equal(t, wire.KindEnd, x.Result().Kind)
		c.Stop()
		assert.Equal(t, exitServed, <-code)
	})
}

func TestOrphanLetsItsCallsNotice(t *testing.T) {
	t.Parallel()
	for name, notices := range map[string]bool{"who notices": true, "who does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				running, release := make(chan struct{}), make(chan struct{})
				c, code := talk(t, NewTask("work", func(ctx context.Context, _ *int) (int, error) {
					close(running)
					<-ctx.Done()
					assert.ErrorIs(t, context.Cause(ctx), serve.ErrParentGone)
					if !notices {
						<-release
					}
					return 0, ctx.Err()
				}))
				ask(t, c, "work", false)
				<-running
				<-time.After(aWhile) // by the bubble's clock: it has said that the task has started
				begun := time.Now()
				require.NoError(t, c.Close())
				assert.Equal(t, exitOrphaned, <-code)
				if notices {
					assert.Zero(t, time.Since(begun), "nothing is waited for in vain")
				} else {
					assert.Equal(t, serve.OrphanGrace, time.Since(begun))
				}
				close(release)
				<-c.Closed()
			})
		})
	}
}

func TestWorkerEndsWhenNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		running := make(chan struct{})
		c, replies, code := talkOver(t, NewTask("wait", func(ctx context.Context, _ *int) (int, error) {
			close(running)
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), serve.ErrParentGone)
			return 0, ctx.Err()
		}))
		ask(t, c, "wait", false)
		<-running
		synctest.Wait()
		require.NoError(t, replies.Close())
		c.Ping() // whose answer nobody can take
		assert.Equal(t, exitOrphaned, <-code)
		require.NoError(t, c.Close())
	})
}
