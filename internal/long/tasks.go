package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// refusal is a typed error of a task.
type refusal struct{ Code int }

func (r refusal) Error() string { return fmt.Sprintf("refused, code %d", r.Code) }

// What this program can do as a worker.
var (
	square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })
	echo   = procactor.NewTask("echo", func(_ context.Context, b []byte) ([]byte, error) { return b, nil })
	count  = procactor.NewStreamTask("count", func(_ context.Context, n int, emit func(int) error) error {
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
	together = procactor.NewTask("together", func(_ context.Context, n int) (int, error) { return n + 1, nil }).Concurrent(8)
	await    = procactor.NewTask("await", func(ctx context.Context, _ struct{}) (struct{}, error) {
		<-ctx.Done()
		return struct{}{}, ctx.Err()
	})
	say = procactor.NewTask("say", func(_ context.Context, text string) (struct{}, error) {
		_, err := fmt.Println(text)
		fmt.Fprintln(os.Stderr, "not "+text)
		return struct{}{}, err
	})
	refuse = procactor.NewTask("refuse", func(_ context.Context, code int) (int, error) {
		if code < 0 {
			return 0, errors.New("below zero")
		}
		return 0, fmt.Errorf("on the way: %w", refusal{code})
	}).WithErrors(codec.Error(codec.Default[refusal]()))
	die = procactor.NewTask("die", func(ctx context.Context, how string) (struct{}, error) {
		dieBy(how)
		<-ctx.Done() // a signal may take a moment to arrive
		return struct{}{}, ctx.Err()
	})
	process = procactor.NewTask("process", func(context.Context, struct{}) (int, error) { return os.Getpid(), nil })
	// hold says that it runs, and goes on until it is canceled.
	hold = procactor.NewTask("hold", func(ctx context.Context, _ struct{}) (struct{}, error) {
		fmt.Println("running")
		<-ctx.Done()
		return struct{}{}, ctx.Err()
	})
	// absent is what no worker has.
	absent = procactor.NewTask[int, int]("absent", nil)
)

func tasks() []procactor.MainOption {
	return append(errands(), square, echo, count, together, await, say, refuse, die, process, hold)
}

// quietSystem is a system whose log nobody reads.
func quietSystem() *actor.System {
	return actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
}

// patience is how long a run waits for what must come. It is never measured.
const patience = time.Minute

// closeSystem ends all that a system has.
func closeSystem(sys *actor.System) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return sys.Close(ctx)
}

// beside is how many processes a System may have beside its workers: its
// guardian.
const beside = 1

// word is a writer that tells when something was written.
type word struct{ written chan struct{} }

func newWord() *word { return &word{written: make(chan struct{}, 1)} }

func (w *word) Write(p []byte) (int, error) {
	select {
	case w.written <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (w *word) wait(ctx context.Context) {
	select {
	case <-w.written:
	case <-ctx.Done():
	}
}

// large is more than one frame holds.
func large() []byte { return bytes.Repeat([]byte("0123456789abcdef"), 3<<16) }
