package targettest

import (
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func contextRows() []row {
	return []row{
		{"context: canceled before the call", (*kit).canceledBefore},
		{"context: deadline before the call, with its cause", (*kit).lateBefore},
		{"context: canceled while queued", (*kit).canceledQueued},
		{"context: canceled while running, and the handler sees it", (*kit).canceledRunning},
		{"context: canceled while a handler ignores it", (*kit).canceledIgnored},
		{"context: deadline while running", (*kit).lateRunning},
	}
}

var errBored = errors.New("the caller got bored")

func (k *kit) canceledBefore() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithCancelCause(k.Context())
	cancel(errBored)
	_, err := s.Ref.Call(ctx, Request{Op: Note, Line: l.addr(), Key: "call"})
	k.failed(err, "call", actor.NotSent, context.Canceled, errBored)
	err = s.Ref.Cast(ctx, Request{Op: Note, Line: l.addr(), Key: "cast"})
	k.failed(err, "cast", actor.NotSent, context.Canceled, errBored)
	k.works(s.Ref)
	assert.Empty(k, l.begun())
}

func (k *kit) lateBefore() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithDeadlineCause(k.Context(), time.Now().Add(-time.Hour), errBored)
	defer cancel()
	_, err := s.Ref.Call(ctx, Request{Op: Note, Line: l.addr(), Key: "call"})
	k.failed(err, "call", actor.NotSent, context.DeadlineExceeded, errBored)
	k.works(s.Ref)
	assert.Empty(k, l.begun())
}

func (k *kit) canceledQueued() {
	s, l := k.subject(), newLine(k.T)
	v, running := k.hold(k.Context(), l, s.Ref, Hold, "running")
	ctx, cancel := context.WithCancelCause(k.Context())
	queued := k.call(ctx, s.Ref, Request{Op: Note, Line: l.addr(), Key: "queued"})
	cancel(errBored)
	// Whether it had been queued by then is not for us to know, but it was not
	// begun, and never is.
	a := wait(k, "the queued call's end", queued)
	require.ErrorIs(k, a.err, actor.ErrNotStarted)
	require.ErrorIs(k, a.err, context.Canceled)
	require.ErrorIs(k, a.err, errBored)
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	k.works(s.Ref)
	assert.Zero(k, l.runs("queued"))
}

func (k *kit) canceledRunning() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithCancelCause(k.Context())
	v, got := k.hold(ctx, l, s.Ref, Hold, "running")
	cancel(errBored)
	k.failed(wait(k, "the call's end", got).err, "call", actor.Unknown, context.Canceled, errBored)
	assert.Equal(k, reportCanceled, v.report(k.T))
	v.release()
	k.works(s.Ref)
}

func (k *kit) canceledIgnored() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithCancelCause(k.Context())
	v, got := k.hold(ctx, l, s.Ref, Block, "running")
	cancel(errBored)
	k.failed(wait(k, "the call's end", got).err, "call", actor.Unknown, context.Canceled, errBored)
	v.release()
	k.works(s.Ref)
	assert.Equal(k, 1, l.runs("running"))
}

func (k *kit) lateRunning() {
	s, l := k.subject(), newLine(k.T)
	ctx := newLate(k.Context())
	v, got := k.hold(ctx, l, s.Ref, Hold, "running")
	close(ctx.done)
	k.failed(wait(k, "the call's end", got).err, "call", actor.Unknown, context.DeadlineExceeded)
	assert.Equal(k, reportCanceled, v.report(k.T))
	v.release()
	k.works(s.Ref)
}
