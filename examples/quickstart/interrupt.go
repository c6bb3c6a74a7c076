package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// errInterrupted is the cause of a context that a Ctrl-C ended.
var errInterrupted = errors.New("interrupted")

// interruptible returns a context that the first Ctrl-C (or SIGTERM) ends.
// The second calls kill, in a goroutine of its own; a third ends the program as
// the system does. Stop gives the signals back and waits for that goroutine, so
// kill must not wait for stop.
func interruptible(parent context.Context, kill func()) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2) // one for each that matters
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		obey(signals, done, func() { cancel(errInterrupted) }, kill)
		signal.Stop(signals)
	})
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(done)
		watch.Wait()
		cancel(nil)
	})
}

// obey does one of orders for each signal, in their order, until they are all
// given or done is closed.
func obey(signals <-chan os.Signal, done <-chan struct{}, orders ...func()) {
	for _, order := range orders {
		select {
		case <-signals:
			order()
		case <-done:
			return
		}
	}
}
