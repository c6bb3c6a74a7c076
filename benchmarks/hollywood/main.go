// Command hollywood measures calls and casts of github.com/anthdm/hollywood,
// as benchmarks/actors.go does for Proctor. It is a program of its own because
// hollywood and protoactor-go register the same protobuf names and cannot be
// linked together.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/anthdm/hollywood/actor"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

func main() {
	code, played := measure.Play(os.Args, func(d time.Duration, _ []string) (measure.Series, error) { return actors(d) })
	if !played {
		fmt.Fprintln(os.Stderr, "this is a part of the benchmarks: go -C benchmarks run .")
		code = 2
	}
	os.Exit(code)
}

const (
	callBatch = 1_000
	castBatch = 100_000
	request   = 3 // small enough to become an interface without an allocation
)

func actors(d time.Duration) (measure.Series, error) {
	engine, err := actor.NewEngine(actor.NewEngineConfig())
	if err != nil {
		return nil, err
	}
	out := measure.Series{}
	if out["hollywood/call"], err = calls(engine, d); err != nil {
		return nil, err
	}
	for _, senders := range []int{1, 8} {
		if out[fmt.Sprintf("hollywood/cast/%d", senders)], err = casts(engine, d, senders); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func calls(engine *actor.Engine, d time.Duration) (measure.Result, error) {
	pid := engine.SpawnFunc(func(c *actor.Context) {
		if n, ok := c.Message().(int); ok {
			c.Respond(n)
		}
	}, "echo")
	return measure.Batches(d, callBatch, func(n int) error {
		for range n {
			if _, err := engine.Request(pid, request, time.Second).Result(); err != nil {
				return err
			}
		}
		return nil
	})
}

// casts measures from the first message sent to the last one handled.
func casts(engine *actor.Engine, d time.Duration, senders int) (measure.Result, error) {
	handled, done := 0, make(chan struct{}, 1)
	pid := engine.SpawnFunc(func(c *actor.Context) {
		if _, ok := c.Message().(int); !ok {
			return
		}
		if handled++; handled == castBatch {
			handled = 0
			done <- struct{}{}
		}
	}, "sink")
	return measure.Batches(d, castBatch, func(n int) error {
		var wg sync.WaitGroup
		for range senders {
			wg.Go(func() {
				for range n / senders {
					engine.Send(pid, request)
				}
			})
		}
		wg.Wait()
		<-done
		return nil
	})
}
