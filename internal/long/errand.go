package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/proctor-dev/proctor/procactor"
)

// errand is what the tasks of a mixture take.
type errand struct {
	Ledger string
	Call   uint64
	Micros int // how long the task works
}

// run notes that the errand has begun, and takes its time.
func (e errand) run() error {
	if err := begin(e.Ledger, e.Call); err != nil {
		return err
	}
	if e.Micros > 0 {
		<-time.After(time.Duration(e.Micros) * time.Microsecond)
	}
	return nil
}

func (e errand) key() string { return fmt.Sprint(e.Call) }

// What a mixture calls.
var (
	once     = procactor.NewTask("once", runErrand)
	anew     = procactor.NewTask("anew", runErrand).Idempotent()
	anewKey  = procactor.NewTask("anew-key", runErrand).Idempotent().WithKey(errand.key)
	poisoned = procactor.NewTask("poisoned", func(ctx context.Context, e errand) (uint64, error) {
		if err := e.run(); err != nil {
			return 0, err
		}
		ways := []string{"panic", "exit", "exit0", "kill"}
		dieBy(ways[e.Call%uint64(len(ways))])
		<-ctx.Done() // a signal may take a moment to arrive
		return 0, ctx.Err()
	}).Idempotent().WithKey(errand.key)
	linger = procactor.NewTask("linger", func(ctx context.Context, e errand) (uint64, error) {
		if err := e.run(); err != nil {
			return 0, err
		}
		<-ctx.Done()
		return 0, ctx.Err()
	})
	several = procactor.NewStreamTask("several", func(_ context.Context, e errand, emit func(uint64) error) error {
		if err := e.run(); err != nil {
			return err
		}
		for range itemsOfErrand {
			if err := emit(e.Call); err != nil {
				return err
			}
		}
		return nil
	})
)

const itemsOfErrand = 3

func runErrand(_ context.Context, e errand) (uint64, error) { return e.Call, e.run() }

func errands() []procactor.MainOption {
	return []procactor.MainOption{once, anew, anewKey, poisoned, linger, several}
}

// nature is what may become of a call, whatever its task does.
type nature struct {
	name      string
	weight    int // how often it is made, among all
	again     bool
	cast      bool // its end is not waited for
	canceled  bool // it is given up at some moment
	poisonous bool // it ends whatever worker it runs in
	send      func(ctx context.Context, h procactor.Host, e errand) error
}

// natures are the calls of a mixture. The last one is made by whoever poisons.
func natures() []*nature {
	return []*nature{
		{name: "once", weight: 60, send: answerOf(once)},
		{name: "anew", weight: 20, again: true, send: answerOf(anew)},
		{name: "anew, with a key", weight: 10, again: true, send: answerOf(anewKey)},
		{name: "a stream", weight: 10, send: itemsOf},
		{name: "a cast", weight: 5, cast: true, send: func(ctx context.Context, h procactor.Host, e errand) error {
			return once.On(h).Cast(ctx, e)
		}},
		{name: "given up", weight: 10, canceled: true, send: func(ctx context.Context, h procactor.Host, e errand) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			defer time.AfterFunc(time.Duration(rand.IntN(2000))*time.Microsecond, cancel).Stop()
			return answerOf(linger)(ctx, h, e)
		}},
		{name: "poison", again: true, poisonous: true, send: answerOf(poisoned)},
	}
}

// answerOf calls the task, and looks at its answer.
func answerOf(t procactor.Task[errand, uint64]) func(ctx context.Context, h procactor.Host, e errand) error {
	return func(ctx context.Context, h procactor.Host, e errand) error {
		got, err := t.On(h).Call(ctx, e)
		if err == nil && got != e.Call {
			return fmt.Errorf("call %d has the answer of %d", e.Call, got)
		}
		return err
	}
}

// itemsOf takes the items of a stream.
func itemsOf(ctx context.Context, h procactor.Host, e errand) error {
	n := 0
	for got, err := range several.On(h).Stream(ctx, e) {
		if err != nil {
			return err
		}
		if n++; got != e.Call {
			return fmt.Errorf("stream %d has an item of %d", e.Call, got)
		}
	}
	if n != itemsOfErrand {
		return fmt.Errorf("stream %d has %d items", e.Call, n)
	}
	return nil
}
