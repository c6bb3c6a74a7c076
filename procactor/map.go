package procactor

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

const (
	// mapAhead is how many calls for each worker are under way: enough that
	// none waits for its next input.
	mapAhead = 4
	// mapKept is how many inputs for each worker may have been taken and not
	// yielded: results wait for those before them, so that one slow input does
	// not leave the other workers without work.
	mapKept = 64
)

// Map calls ref with every input, as many at once as the target has room for,
// and yields one pair per input, in the order of the inputs, errors in their
// place. Leaving the loop cancels the calls under way. When ctx ends no more
// inputs are taken: those under way yield its error, and so the last pair does.
// It is single-use if the input is. in is ranged over by the caller's
// goroutine, no further ahead of what was yielded than 64 inputs for each
// worker; a few of those are calls under way, the others' results wait. What a
// call cost is told to [WithMeasures] right before its pair is yielded. All calls
// share the writers of [WithOutput]: each write is whole, and those of calls that
// run at once are mixed.
func Map[In, Out any](ctx context.Context, ref actor.Ref[In, Out], in iter.Seq[In]) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		if in == nil {
			var none Out
			yield(none, &actor.CallError{Op: "call", PID: actor.PID{Name: ref.Name()}, Err: errNilInputs})
			return
		}
		if ctx == nil {
			var none Out
			yield(none, &actor.CallError{Op: "call", PID: actor.PID{Name: ref.Name()}, Err: actor.ErrNoContext})
			return
		}
		ctx, cancel := context.WithCancelCause(ctx)
		var calls sync.WaitGroup
		defer calls.Wait()
		defer cancel(actor.ErrStreamBroken)
		next, stop := iter.Pull(in)
		defer stop()
		workers := width(ref)
		ended := make(chan struct{}, mapAhead*workers)
		var window []chan result[Out]
		running, more, failed := 0, true, false
		for {
			for more && running < mapAhead*workers && len(window) < mapKept*workers && ctx.Err() == nil {
				var input In
				if input, more = next(); !more {
					break
				}
				slot := make(chan result[Out], 1)
				window = append(window, slot)
				running++
				calls.Go(func() {
					callFor(ctx, ref, input, func(r result[Out]) {
						slot <- r
						ended <- struct{}{}
					})
				})
			}
			if len(window) == 0 && (!more || ctx.Err() != nil) {
				break
			}
			var oldest chan result[Out] // nil while the last calls have yielded and are about to end
			if len(window) > 0 {
				oldest = window[0]
			}
			select {
			case <-ended:
				running--
			case r := <-oldest:
				window = append(window[:0], window[1:]...)
				r.tell(ctx, ref.Name())
				failed = r.err != nil
				if !yield(r.out, r.err) {
					return
				}
			}
		}
		if more && !failed {
			var none Out
			yield(none, &actor.CallError{Op: "call", PID: actor.PID{Name: ref.Name()}, Delivery: actor.NotSent, Err: actor.ContextError(ctx)})
		}
	}
}

// callFor calls ref on a goroutine that is not the caller's, where what code of
// the user, such as the functions of a command task, does to it is an error.
func callFor[In, Out any](ctx context.Context, ref actor.Ref[In, Out], in In, give func(result[Out])) {
	var r result[Out]
	fault := &foreign.Fault{} // of a Goexit
	defer func() {
		if fault != nil {
			r = result[Out]{err: &actor.CallError{Op: "call", PID: actor.PID{Name: ref.Name()}, Delivery: actor.Unknown, Err: stdio.PanicOf(fault)}}
		}
		give(r)
	}()
	fault = foreign.Do(func() { r.out, r.err = ref.Call(r.measuredApart(ctx), in) })
}

type result[Out any] struct {
	out  Out
	err  error
	told bool     // cost is known, since ctx asks for it
	cost Measures // of the call
}

// measuredApart has a call tell its cost to r instead of to whoever asked for it,
// who is told by the goroutine that ranges over Map.
func (r *result[Out]) measuredApart(ctx context.Context) context.Context {
	if measuresOf(ctx) == nil {
		return ctx
	}
	return WithMeasures(ctx, func(m Measures) { r.told, r.cost = true, m })
}

// tell tells whoever asked by ctx what the call has cost.
func (r *result[Out]) tell(ctx context.Context, name string) {
	f := measuresOf(ctx)
	if !r.told || f == nil {
		return
	}
	fault := tell(f, r.cost)
	switch call, ok := errors.AsType[*actor.CallError](r.err); {
	case fault == nil:
	case r.err == nil:
		var none Out
		r.out, r.err = none, &actor.CallError{Op: "call", PID: actor.PID{Name: name}, Delivery: actor.Done, Err: fault}
	case ok:
		call.Err = withFault(call.Err, fault)
	}
}

// Errors of Map and MapFold that were given nothing.
var (
	errNilInputs = errors.New("Map was given nil for the inputs: give it an iterator, such as slices.Values")
	errNilFold   = errors.New("MapFold was given nil for the function that folds")
)

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
	if fold == nil {
		return acc, errNilFold
	}
	for out, err := range Map(ctx, ref, in) {
		if err != nil {
			return acc, err
		}
		acc = fold(acc, out)
	}
	return acc, nil
}
