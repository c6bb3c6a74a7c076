package actor

import (
	"context"
	"sync"
	"sync/atomic"
)

// requestContext is the context of one Receive: the caller's, and done as well
// when the life is asked to stop. Most handlers never look at Done, so the two
// are joined when it is first asked for.
type requestContext struct {
	context.Context // the caller's
	life            *Life
	looked          atomic.Bool // somebody asked for the end

	mu     sync.Mutex // protects the following
	joined context.Context
	cancel context.CancelCauseFunc
	detach func() bool
	over   bool
}

func newRequestContext(ctx context.Context, l *Life) *requestContext {
	return &requestContext{Context: ctx, life: l}
}

func (r *requestContext) join() context.Context {
	r.looked.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.joined != nil {
		return r.joined
	}
	ctx, cancel := context.WithCancelCause(r.Context)
	r.joined, r.cancel = ctx, cancel
	if r.over {
		cancel(context.Canceled)
		return ctx
	}
	life := r.life.Context()
	r.detach = context.AfterFunc(life, func() { cancel(context.Cause(life)) })
	return ctx
}

func (r *requestContext) Done() <-chan struct{} { return r.join().Done() }

func (r *requestContext) Err() error { return r.join().Err() }

func (r *requestContext) Value(key any) any {
	switch key.(type) {
	case ownerKey, requestKey:
		return r.life
	}
	r.mu.Lock()
	ctx := r.joined
	r.mu.Unlock()
	if ctx == nil {
		ctx = r.Context
	}
	return ctx.Value(key)
}

// finish ends the context with its request.
func (r *requestContext) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.cancel != nil {
		r.detach()
		r.cancel(context.Canceled)
	}
}
