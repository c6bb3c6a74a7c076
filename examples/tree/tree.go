package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// What the worker processes can do. A panic ends the process it happens in.
var (
	parse  = procactor.NewTask("parse", func(_ context.Context, text string) (int, error) { return mustParse(text), nil })
	square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })
)

func mustParse(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

// shop is the tree. Each life of the poller is sent on polls.
func shop(polls chan<- int) supervise.Spec {
	budget := supervise.Policy{Intensity: 3, Period: time.Minute}
	behind := budget
	behind.Strategy = supervise.RestForOne
	return supervise.Spec{
		Name:   "shop",
		Policy: budget,
		Children: []supervise.ChildSpec{
			supervise.Actor("counter", newCounter),
			supervise.Go("poller", newPoller(polls)),
			supervise.Child(supervise.Spec{
				Name:   "back",
				Policy: behind,
				Children: []supervise.ChildSpec{
					procactor.ProcessChild("parser", procactor.Self()),
					procactor.PoolChild("squares", procactor.Self(), procactor.PoolConfig{Size: 2}),
				},
			}),
		},
	}
}

// newCounter makes one life of the counter: it adds up, and cannot subtract.
func newCounter(actor.Ref[int, int]) actor.Behavior[int, int] {
	sum := 0
	return actor.Func[int, int](func(_ context.Context, n int) (int, error) {
		if n < 0 {
			panic("cannot count backwards")
		}
		sum += n
		return sum, nil
	})
}

// newPoller makes a service that fails the first time.
func newPoller(polls chan<- int) func(context.Context) error {
	lives := 0
	return func(ctx context.Context) error {
		lives++
		select {
		case polls <- lives:
		case <-ctx.Done():
			return ctx.Err()
		}
		if lives == 1 {
			return errors.New("the server hung up")
		}
		<-ctx.Done()
		return ctx.Err()
	}
}
