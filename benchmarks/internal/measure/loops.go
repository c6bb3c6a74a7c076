package measure

import (
	"sync"
	"sync/atomic"
	"time"
)

// Warmup is how long an operation is repeated before it is measured.
const Warmup = 40 * time.Millisecond

// Each times every single operation for d: for those that take microseconds
// and more. Between two operations the clock is read once.
func Each(d time.Duration, op func() error) (Result, error) {
	if err := repeat(Warmup, op); err != nil {
		return Result{}, err
	}
	samples := make([]time.Duration, 0, 1<<17)
	begin := time.Now()
	for last := begin; last.Sub(begin) < d; {
		if err := op(); err != nil {
			return Result{}, err
		}
		now := time.Now()
		samples = append(samples, now.Sub(last))
		last = now
	}
	return Reduce(samples), nil
}

// Batches times op, which does n operations, for d: for those that take less
// than the clock can tell.
func Batches(d time.Duration, n int, op func(n int) error) (Result, error) {
	r, err := Each(d, func() error { return op(n) })
	if err != nil {
		return Result{}, err
	}
	return Result{P50: r.P50 / float64(n), P99: r.P99 / float64(n), N: r.N * n}, nil
}

// Together has callers goroutines repeat op for d. P50 is the wall time per
// operation of them all, the inverse of their rate; P99 is that of a single
// operation as its caller sees it.
func Together(d time.Duration, callers int, op func() error) (Result, error) {
	if err := repeat(Warmup, op); err != nil {
		return Result{}, err
	}
	var (
		mu    sync.Mutex
		all   []time.Duration
		first error
		stop  atomic.Bool
		wg    sync.WaitGroup
	)
	begin := time.Now()
	for range callers {
		wg.Go(func() {
			samples := make([]time.Duration, 0, 1<<14)
			var failed error
			for last := time.Now(); failed == nil && !stop.Load() && last.Sub(begin) < d; {
				failed = op()
				now := time.Now()
				samples = append(samples, now.Sub(last))
				last = now
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, samples...)
			if failed != nil && first == nil {
				first = failed
				stop.Store(true)
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	if first != nil {
		return Result{}, first
	}
	r := Reduce(all)
	r.P50 = float64(took) / float64(len(all))
	return r, nil
}

func repeat(d time.Duration, op func() error) error {
	for begin := time.Now(); time.Since(begin) < d; {
		if err := op(); err != nil {
			return err
		}
	}
	return nil
}
