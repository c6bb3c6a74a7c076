package recipes_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

var thumbnail = procactor.NewTask("thumbnail", shrink).
	Idempotent().                 // when its worker dies a call is delivered again, twice at most
	WithTimeout(10 * time.Second) // waiting for a worker included; one that goes on is killed after Worker.Grace

func shrink(_ context.Context, image []byte) ([]byte, error) {
	return image[:min(3, len(image))], nil
}

var transcode = procactor.NewTask("transcode", func(ctx context.Context, _ string) (string, error) {
	fmt.Println("frame 1")
	<-ctx.Done()
	return "", ctx.Err()
})

// UglyError is source that does not parse.
type UglyError struct{ Text string }

func (e *UglyError) Error() string { return e.Text }

// gofmt is the program of that name as a function.
var gofmt = procactor.NewCommandTask("gofmt",
	func(_ context.Context, src []byte, _ string) (procactor.Command, error) {
		return procactor.Command{Path: "gofmt", Args: []string{"-s"}, Stdin: bytes.NewReader(src)}, nil
	},
	func(r procactor.Result) ([]byte, error) {
		if r.ExitCode != 0 {
			return nil, &UglyError{string(r.Stderr)}
		}
		return r.Stdout, nil
	})

func TestMain(m *testing.M) {
	procactor.Main(thumbnail, transcode)
	os.Exit(m.Run())
}

func TestSupervisedGoroutine(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	polls := make(chan int)
	n := 0
	poll := func(ctx context.Context) error {
		n++
		select {
		case polls <- n:
			panic("not this time")
		case <-ctx.Done():
			return ctx.Err()
		}
	}

	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Strategy: supervise.OneForOne, Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{supervise.Go("poller", poll)},
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
	image := []byte("image")

	pool, err := procactor.StartPool(ctx, sys, "thumbnails", procactor.Self(), procactor.PoolConfig{})
	if err != nil {
		t.Fatal(err)
	}
	small, err := thumbnail.On(pool).Call(ctx, image)
	var poison *procactor.PoisonError
	switch {
	case errors.As(err, &poison): // it, or its key, killed three workers or hung them: refuse it
	case actor.MayRetry(err): // it did not start, and somebody is there or will come
	case err != nil: // the error says what happened, and how far it got
	}

	require.NoError(t, err)
	assert.Equal(t, []byte("ima"), small)
	require.NoError(t, sys.Close(ctx))
}

func TestLongJobWithAStopButton(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "media", procactor.Self(), procactor.PoolConfig{Size: 1})
	require.NoError(t, err)
	frames := make(chan string, 1)
	log := writerFunc(func(p []byte) (int, error) { frames <- string(p); return len(p), nil })
	stopButton := make(chan struct{})
	go func() { <-frames; close(stopButton) }()

	job, cancel := context.WithCancelCause(ctx)
	go func() { <-stopButton; cancel(errors.New("the user pressed stop")) }()
	_, err = transcode.On(pool).Call(procactor.WithOutput(job, log, log), "film.mkv")

	require.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "the user pressed stop")
	require.NoError(t, sys.Close(ctx))
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ctx, sys := t.Context(), actor.NewSystem()
	src := []byte("package p\nvar x=[]T{T{1}}")

	pool, err := procactor.StartPool(ctx, sys, "formatters", procactor.Exec(), procactor.PoolConfig{Size: 4})
	if err != nil {
		t.Fatal(err)
	}
	pretty, err := gofmt.On(pool).Call(ctx, src) // a process for each call, four at once

	require.NoError(t, err)
	assert.Equal(t, "package p\n\nvar x = []T{{1}}\n", string(pretty))
	_, err = gofmt.On(pool).Call(ctx, []byte("var var"))
	var ugly *UglyError
	require.ErrorAs(t, err, &ugly)
	require.NoError(t, sys.Close(ctx))
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Album is code that uses a Ref, and does not know what is behind it.
func album(ctx context.Context, thumbs actor.Ref[[]byte, []byte], images ...string) (string, error) {
	var all string
	for _, image := range images {
		small, err := thumbs.Call(ctx, []byte(image))
		if err != nil {
			return "", err
		}
		all += string(small)
	}
	return all, nil
}

func TestMyCode(t *testing.T) {
	t.Parallel()
	sys := actor.NewSystem()

	fake, err := actor.Spawn(t.Context(), sys, "fake", func(actor.Ref[[]byte, []byte]) actor.Behavior[[]byte, []byte] {
		return actor.Func[[]byte, []byte](func(_ context.Context, image []byte) ([]byte, error) { return image[:1], nil })
	})

	require.NoError(t, err)
	got, err := album(t.Context(), fake, "one", "two")
	require.NoError(t, err)
	assert.Equal(t, "ot", got)
	require.NoError(t, sys.Close(t.Context()))
}
