package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/thejerf/suture/v4"
)

// The restart of an in-process child is measured from the moment at which it
// is told to crash to the one at which its next life runs. The child is the
// same function for both supervisors, and so is the wish that no limit be in
// the way and nothing be printed.

var errCrash = errors.New("crash")

// crasher is a child that says when it runs, and crashes when it is told to.
type crasher struct {
	up    chan struct{}
	crash chan struct{}
}

func newCrasher() crasher { return crasher{make(chan struct{}), make(chan struct{})} }

func (c crasher) Serve(ctx context.Context) error {
	select {
	case c.up <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-c.crash:
		return errCrash
	case <-ctx.Done():
		return ctx.Err()
	}
}

// restart is one crash and what follows.
func (c crasher) restart() error {
	c.crash <- struct{}{}
	<-c.up
	return nil
}

// playRestarts measures one of the two; args says which.
func playRestarts(d time.Duration, args []string) (measure.Series, error) {
	c := newCrasher()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	name := "restart/suture"
	end := func() error { return nil }
	if len(args) == 1 && args[0] == "suture" {
		top := suture.New("top", suture.Spec{EventHook: func(suture.Event) {}, FailureThreshold: 1e18})
		top.Add(c)
		over := top.ServeBackground(ctx)
		end = func() error {
			cancel()
			<-over
			return nil
		}
	} else {
		name = "restart/proctor"
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
		_, err := supervise.Start(ctx, sys, supervise.Spec{
			Name: "top", Policy: supervise.Policy{Intensity: 1 << 60, Period: time.Millisecond}, Children: []supervise.ChildSpec{supervise.Go("child", c.Serve)},
		})
		if err != nil {
			return nil, err
		}
		end = func() error { return sys.Close(context.Background()) }
	}
	<-c.up
	r, err := measure.Each(d, c.restart)
	if err != nil {
		return nil, err
	}
	return measure.Series{name: r}, end()
}
