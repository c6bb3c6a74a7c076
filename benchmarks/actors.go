package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

// What is measured in process; benchmarks/hollywood does the same with its
// actors.
const (
	callBatch = 1_000
	castBatch = 100_000
	request   = 3
)

func playActors(d time.Duration) (measure.Series, error) {
	sys := actor.NewSystem()
	ref, err := actor.SpawnFunc(context.Background(), sys, "echo", func(_ context.Context, n int) (int, error) { return n, nil })
	if err != nil {
		return nil, err
	}
	out := measure.Series{}
	if out["proctor/call"], err = measure.Batches(d, callBatch, func(n int) error { return calls(ref, n) }); err != nil {
		return nil, err
	}
	if out["proctor/call/timeout"], err = measure.Batches(d, callBatch, func(n int) error { return timedCalls(ref, n) }); err != nil {
		return nil, err
	}
	for _, senders := range []int{1, 8} {
		if out[fmt.Sprintf("proctor/cast/%d", senders)], err = measure.Batches(d, castBatch, func(n int) error { return casts(ref, n, senders) }); err != nil {
			return nil, err
		}
	}
	return out, sys.Close(context.Background())
}

func calls(ref actor.Ref[int, int], n int) error {
	ctx := context.Background()
	for range n {
		if _, err := ref.Call(ctx, request); err != nil {
			return err
		}
	}
	return nil
}

// timedCalls gives each call a timeout of its own, which hollywood's always
// have.
func timedCalls(ref actor.Ref[int, int], n int) error {
	for range n {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_, err := ref.Call(ctx, request)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// casts sends n messages and returns when the last one was handled: a call
// from the same sender comes after them.
func casts(ref actor.Ref[int, int], n, senders int) error {
	ctx := context.Background()
	failed := make(chan error, senders)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range n / senders {
				if err := ref.Cast(ctx, request); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	if err := <-failed; err != nil {
		return err
	}
	_, err := ref.Call(ctx, request)
	return err
}
