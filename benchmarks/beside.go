package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
	"github.com/proctor-dev/proctor/procactor"
)

// chatter prints until it is canceled.
var chatter = procactor.NewTask("chatter", func(ctx context.Context, line string) (int, error) {
	text := strings.Repeat(line, 512)
	for n := 0; ; n++ {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		if _, err := os.Stdout.WriteString(text); err != nil {
			return n, err
		}
	}
})

// playBeside measures calls of a worker while another prints without end.
func playBeside(d time.Duration) (measure.Series, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sys := actor.NewSystem()
	defer sys.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the numbers are there
	worker, err := procactor.Start(ctx, sys, "worker", procactor.Self())
	if err != nil {
		return nil, err
	}
	loud := procactor.Self()
	first := make(chan struct{})
	loud.Stdout = &firstWrite{began: first}
	other, err := procactor.Start(ctx, sys, "loud", loud)
	if err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := chatter.On(other).Call(ctx, "all is well\n")
		ended <- err
	}()
	select {
	case <-first:
	case err := <-ended:
		return nil, fmt.Errorf("the other worker does not print: %w", err)
	}
	ref := echoRaw.On(worker)
	in := make([]byte, 128)
	r, err := measure.Each(d, func() error {
		_, err := ref.Call(ctx, in)
		return err
	})
	cancel()
	if other := <-ended; !errors.Is(other, context.Canceled) {
		err = errors.Join(err, other)
	}
	return measure.Series{"beside/raw/128": r}, err
}

// firstWrite throws away what comes, and says when something did.
type firstWrite struct {
	began chan struct{}
	said  bool
}

func (f *firstWrite) Write(p []byte) (int, error) {
	if !f.said {
		f.said = true
		close(f.began)
	}
	return io.Discard.Write(p)
}
