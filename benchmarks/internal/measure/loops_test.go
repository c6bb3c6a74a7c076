package measure

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

var errBroken = errors.New("broken")

// loops are the three ways to time an operation.
var loops = map[string]func(d time.Duration, op func() error) (Result, error){
	"each":     Each,
	"together": func(d time.Duration, op func() error) (Result, error) { return Together(d, 4, op) },
	"batches": func(d time.Duration, op func() error) (Result, error) {
		return Batches(d, 10, func(n int) error {
			for range n {
				if err := op(); err != nil {
					return err
				}
			}
			return nil
		})
	},
}

func TestLoopsCountWhatTheyMeasured(t *testing.T) {
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			var ops atomic.Int64
			r, err := loop(time.Millisecond, func() error { ops.Add(1); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if r.N <= 0 || int64(r.N) > ops.Load() || r.P50 <= 0 || r.P99 <= 0 {
				t.Errorf("%+v of %d operations", r, ops.Load())
			}
		})
	}
}

func TestLoopsEndAtAnError(t *testing.T) {
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, err := loop(time.Hour, func() error {
				if time.Since(begin) > Warmup { // not before what counts
					return errBroken
				}
				return nil
			})
			if !errors.Is(err, errBroken) {
				t.Errorf("got %v", err)
			}
		})
	}
}
