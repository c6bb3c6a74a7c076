package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// keyMeasure asks the worker to measure the call in full.
const keyMeasure = "measure"

type measuresKey struct{}

// WithMeasures has a call under ctx tell what it cost in its worker: how long
// it waited there, how long it ran, and, for a task that runs alone in its
// worker, the processor time that the worker used meanwhile. into is written
// when the worker has answered, before the call returns; it is for one call at
// a time, or for one [Map], which writes it before it yields the call's pair.
// Streams and casts tell nothing.
func WithMeasures(ctx context.Context, into *wire.Measures) context.Context {
	return context.WithValue(orBackground(ctx), measuresKey{}, into)
}

func measuresOf(ctx context.Context) *wire.Measures {
	m, _ := ctx.Value(measuresKey{}).(*wire.Measures)
	return m
}

// measured puts what the worker said into the place that ctx names.
func measured(ctx context.Context, m wire.Measures) {
	if into := measuresOf(ctx); into != nil {
		*into = m
	}
}
