package procactor

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// talk runs a worker's server and a parent's conn over pipes without a process,
// so that time can be a bubble's.
func talk(t *testing.T, tasks ...MainOption) (c *conn, code <-chan int) {
	t.Helper()
	requestsR, requestsW := io.Pipe()
	repliesR, repliesW := io.Pipe()
	c = newConn(joined{repliesR, requestsW}, wire.MaxHello)
	c.asm = wire.NewAssembler(0, 0)
	ready := make(chan struct{})
	c.onBoot = func(f wire.Frame) error {
		if f.Kind == wire.KindReady {
			close(ready)
			return nil
		}
		c.agree(wire.DefaultLimits())
		return nil
	}
	ended := make(chan int, 1)
	go func() {
		ended <- newServer(newCatalog(tasks), requestsR, repliesW, nil).serve()
		_ = repliesW.Close()
		_ = requestsR.Close()
	}()
	hello, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	require.NoError(t, err)
	require.NoError(t, c.out.enqueue(wire.KindHello, 0, bytesOf(hello), nil))
	c.watch(true)
	<-ready
	return c, ended
}

// ask begins a call of a task that takes and gives nothing.
func ask(t *testing.T, c *conn, task string, stream bool) *exchange {
	t.Helper()
	x := newExchange(c.limits.Window, stream)
	_, err := c.begin(t.Context(), x, func(dst []byte) ([]byte, error) {
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
			assert.Zero(t, c.ping(), "every earlier one was answered")
			time.Sleep(10 * pace)
			synctest.Wait()
		}
		assert.Equal(t, CallStarted, x.state(0), "STARTED comes for a task that takes long")
		require.NoError(t, c.out.enqueue(wire.KindCancel, x.id, bytesOf([]byte("enough")), nil))
		<-x.ready
		assert.Equal(t, wire.KindError, x.result().kind)
		require.NoError(t, c.out.enqueue(wire.KindStop, 0, bytesOf(nil), nil))
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
		for !x.isReady() {
			for _, b := range x.takeItems() {
				got++
				c.credit(x, uint32(len(b)))
			}
			time.Sleep(10 * pace) // until then the task has the goroutine that reads
			synctest.Wait()
		}
		got += len(x.takeItems())
		assert.Equal(t, 20, got)
		assert.Equal(t, wire.KindEnd, x.result().kind)
		require.NoError(t, c.out.enqueue(wire.KindStop, 0, bytesOf(nil), nil))
		assert.Equal(t, exitServed, <-code)
	})
}

func TestOrphanLetsItsCallsNotice(t *testing.T) {
	t.Parallel()
	for name, notices := range map[string]bool{"who notices": true, "who does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				c, code := talk(t, NewTask("work", func(ctx context.Context, _ *int) (int, error) {
					<-ctx.Done()
					assert.ErrorIs(t, context.Cause(ctx), errParentGone)
					if !notices {
						<-release
					}
					return 0, ctx.Err()
				}))
				ask(t, c, "work", false)
				time.Sleep(time.Second)
				begun := time.Now()
				require.NoError(t, c.rw.Close())
				assert.Equal(t, exitOrphaned, <-code)
				if notices {
					assert.Zero(t, time.Since(begun), "nothing is waited for in vain")
				} else {
					assert.Equal(t, orphanGrace, time.Since(begun))
				}
				close(release)
				<-c.closed
			})
		})
	}
}

func TestPongThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	c := newConn(joined{}, 0)
	c.duty.asked, c.duty.heard = 5, 3
	require.NoError(t, c.takePong(wire.Pong{Token: 5}))
	for _, token := range []uint64{0, 3, 5, 6} {
		require.Error(t, c.takePong(wire.Pong{Token: token}), "%d", token)
	}
	c.duty.asked = 6
	require.NoError(t, c.takePong(wire.Pong{Token: 6}))
	assert.NoError(t, errors.Join(c.reason()))
}

func TestWorkerEndsWhenNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, code := talk(t, NewTask("wait", func(ctx context.Context, _ *int) (int, error) {
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), errParentGone)
			return 0, ctx.Err()
		}))
		ask(t, c, "wait", false)
		time.Sleep(10 * pace)
		both, ok := c.rw.(joined)
		require.True(t, ok)
		require.NoError(t, both.Reader.(io.Closer).Close())
		c.ping() // whose answer nobody can take
		assert.Equal(t, exitOrphaned, <-code)
		require.NoError(t, c.rw.Close())
	})
}
