package recipes

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
)

func TestMain(m *testing.M) {
	procactor.Main(thumbnail, transcode)
	os.Exit(m.Run())
}

func TestSupervisedGoroutine(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	polls := make(chan int)
	n := 0
	sup, err := superviseGoroutine(ctx, sys, func(ctx context.Context) error {
		n++
		select {
		case polls <- n:
			panic("not this time")
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	require.NoError(t, err)
	assert.Equal(t, 1, <-polls)
	assert.Equal(t, 2, <-polls)
	require.NoError(t, sup.Stop(ctx))
	require.NoError(t, sys.Close(ctx))
}

func TestWorkerPool(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	thumbs, err := startThumbnails(ctx, sys)
	require.NoError(t, err)
	small, err := shrinkOn(ctx, thumbs, []byte("image"))
	require.NoError(t, err)
	assert.Equal(t, []byte("ima"), small)
	require.NoError(t, sys.Close(ctx))
}

// Every branch of the caller's switch is one that comes.
func TestWhatACallerDoes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	failing := func(err error) func(context.Context, []byte) ([]byte, error) {
		return func(context.Context, []byte) ([]byte, error) { return nil, err }
	}
	poisoned, broken := &procactor.PoisonError{}, errors.New("no image at all")
	for _, tt := range []struct{ answer, want error }{{poisoned, errRefuse}, {broken, broken}} {
		sys := actor.NewSystem()
		fake, err := actor.SpawnFunc(ctx, sys, "fake", failing(tt.answer))
		require.NoError(t, err)
		_, err = shrinkOn(ctx, fake, nil)
		require.ErrorIs(t, err, tt.want)
		require.NoError(t, sys.Close(ctx))
	}

	sys := actor.NewSystem()
	begun, free := make(chan struct{}), make(chan struct{})
	busy, err := actor.SpawnFunc(ctx, sys, "busy", func(context.Context, []byte) ([]byte, error) {
		begun <- struct{}{}
		<-free
		return nil, nil
	}, actor.WithMailbox(mailbox.Config{Capacity: 1, Overflow: mailbox.Reject}))
	require.NoError(t, err)
	require.NoError(t, busy.Cast(ctx, nil)) // it is busy with this
	<-begun
	require.NoError(t, busy.Cast(ctx, nil)) // and its queue is full of that
	_, err = shrinkOn(ctx, busy, nil)
	require.ErrorIs(t, err, errBusy)
	close(free)
	<-begun
	require.NoError(t, sys.Close(ctx))
}

func TestLongJobWithAStopButton(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "media", procactor.Self(), procactor.PoolConfig{Size: 1})
	require.NoError(t, err)
	stop := make(chan struct{})
	var printed string
	log := writerFunc(func(p []byte) (int, error) { printed += string(p); close(stop); return len(p), nil })
	_, err = transcodeUntil(ctx, stop, log, transcode.On(pool), "film.mkv")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errStopped)
	assert.Equal(t, "frame 1\n", printed)
	require.NoError(t, sys.Close(ctx))
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	pretty, err := startFormatters(ctx, sys)
	require.NoError(t, err)
	got, err := pretty.Call(ctx, []byte("package p\nvar x=[]T{T{1}}"))
	require.NoError(t, err)
	assert.Equal(t, "package p\n\nvar x = []T{{1}}\n", string(got))
	_, err = pretty.Call(ctx, []byte("var var"))
	var ugly *UglyError
	require.ErrorAs(t, err, &ugly)
	require.NoError(t, sys.Close(ctx))
}

func TestServeUntilAsked(t *testing.T) {
	t.Parallel()
	broken := errors.New("no port is free")
	require.ErrorIs(t, serveUntilAsked(t.Context(), actor.NewSystem(), func(context.Context) error { return broken }), broken)

	ctx, ask := context.WithCancel(t.Context())
	sys := actor.NewSystem()
	thumbs, err := startThumbnails(ctx, sys)
	require.NoError(t, err)
	require.NoError(t, serveUntilAsked(ctx, sys, func(ctx context.Context) error {
		ask()
		<-ctx.Done()
		return ctx.Err()
	}))
	_, err = thumbs.Call(t.Context(), nil)
	require.ErrorIs(t, err, actor.ErrNoActor)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
