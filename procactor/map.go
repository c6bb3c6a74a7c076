package procactor

import (
	"context"
	"iter"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// mapAhead is how many inputs for each worker are under way: enough that one
// slow input does not leave the others without work.
const mapAhead = 4

// Map calls ref with every input, as many at once as the target has room for,
// and yields one pair per input, in the order of the inputs, errors in their
// place. Leaving the loop cancels the calls under way. When ctx ends no more
// inputs are taken: those under way yield its error, and so the last pair does.
// It is single-use if the input is. in is ranged over by the caller's
// goroutine, no further ahead than a few inputs for each worker.
func Map[In, Out any](ctx context.Context, ref actor.Ref[In, Out], in iter.Seq[In]) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		var calls sync.WaitGroup
		defer calls.Wait()
		defer cancel(actor.ErrStreamBroken)
		next, stop := iter.Pull(in)
		defer stop()
		ahead := mapAhead * width(ref)
		window := make([]chan result[Out], 0, ahead)
		more, failed := true, false
		for {
			for more && len(window) < ahead && ctx.Err() == nil {
				var input In
				if input, more = next(); !more {
					break
				}
				slot := make(chan result[Out], 1)
				window = append(window, slot)
				calls.Go(func() {
					out, err := ref.Call(ctx, input)
					slot <- result[Out]{out, err}
				})
			}
			if len(window) == 0 {
				break
			}
			r := <-window[0]
			window = append(window[:0], window[1:]...)
			failed = r.err != nil
			if !yield(r.out, r.err) {
				return
			}
		}
		if more && !failed {
			var none Out
			yield(none, &actor.CallError{Op: "call", PID: actor.PID{Name: ref.Name()}, Delivery: actor.NotSent, Err: actor.ContextError(ctx)})
		}
	}
}

type result[Out any] struct {
	out Out
	err error
}

// width asks the target how many calls it can run at once; one if it does not
// say.
func width[In, Out any](ref actor.Ref[In, Out]) int {
	if w, ok := ref.Target().(interface{ Width() int }); ok {
		return max(1, w.Width())
	}
	return 1
}

// MapFold calls ref with every input as [Map] does, and folds the results in
// the order of the inputs. It stops at the first error and returns what was
// folded so far with it; to go on after errors, range over Map.
func MapFold[In, Out, Acc any](ctx context.Context, ref actor.Ref[In, Out], in iter.Seq[In], acc Acc, fold func(Acc, Out) Acc) (Acc, error) {
	for out, err := range Map(ctx, ref, in) {
		if err != nil {
			return acc, err
		}
		acc = fold(acc, out)
	}
	return acc, nil
}
