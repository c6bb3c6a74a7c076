package targettest

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func overloadRows() []row {
	return []row{
		{"overload: a call waits for room", (*kit).fullWaits},
		{"overload: canceled while it waits for room", (*kit).fullCanceled},
		{"overload: NoWait does not wait", (*kit).fullNoWait},
		{"overload: Reject refuses", (*kit).fullRejects},
		{"overload: DropOldest tells whom it drops", (*kit).fullDrops},
		{"overload: one who has gone takes up no room", (*kit).fullPrunes},
	}
}

// full returns an actor that is busy, and what it is busy with.
func (k *kit) full(o Overflow, l *line) (Subject, *visit, <-chan answer) {
	k.Helper()
	require.NotNil(k, k.fixture.Full, "the row needs Fixture.Full: provide it, or say in Lacks why there is none")
	s := k.fixture.Full(k.T, o)
	v, running := k.hold(k.Context(), l, s.Ref, Hold, "running")
	return s, v, running
}

func (k *kit) fullWaits() {
	l := newLine(k.T)
	s, v, running := k.full(Wait, l)
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: "queued"}))
	waiting := k.call(k.Context(), s.Ref, Request{Op: Note, Line: l.addr(), Key: "waiting"})
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	require.NoError(k, wait(k, "the waiting call's reply", waiting).err)
	assert.Equal(k, []string{"running", "queued", "waiting"}, l.begun())
}

func (k *kit) fullCanceled() {
	l := newLine(k.T)
	s, v, running := k.full(Wait, l)
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: "queued"}))
	ctx, cancel := context.WithCancelCause(k.Context())
	waiting := k.call(ctx, s.Ref, Request{Op: Note, Line: l.addr(), Key: "waiting"})
	cancel(errBored)
	k.failed(wait(k, "the waiting call's end", waiting).err, "call", actor.NotSent, context.Canceled, errBored)
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	k.works(s.Ref)
	assert.Equal(k, []string{"running", "queued"}, l.begun())
}

func (k *kit) fullNoWait() {
	l := newLine(k.T)
	s, v, running := k.full(Wait, l)
	k.refuses(actor.NoWait(k.Context()), s, l)
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	k.works(s.Ref)
	_, err := s.Ref.Call(actor.NoWait(k.Context()), Request{Op: Echo})
	require.NoError(k, err, "NoWait is of no matter where there is room")
}

func (k *kit) fullRejects() {
	l := newLine(k.T)
	s, v, running := k.full(Reject, l)
	k.refuses(k.Context(), s, l)
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
}

// refuses asserts that one request finds room, and no second.
func (k *kit) refuses(ctx context.Context, s Subject, l *line) {
	k.Helper()
	require.NoError(k, s.Ref.Cast(ctx, Request{Op: Note, Line: l.addr(), Key: "queued"}))
	_, err := s.Ref.Call(ctx, Request{Op: Note, Line: l.addr(), Key: "call"})
	k.failed(err, "call", actor.NotSent, actor.ErrFull)
	k.failed(s.Ref.Cast(ctx, Request{Op: Note, Line: l.addr(), Key: "cast"}), "cast", actor.NotSent, actor.ErrFull)
	assert.Equal(k, []string{"running"}, l.begun())
}

func (k *kit) fullDrops() {
	l := newLine(k.T)
	s, v, running := k.full(DropOldest, l)
	// Of two calls at once either may be the older; the other takes its room.
	got := make(chan answer, 2)
	for n := range 2 {
		go func() {
			resp, err := s.Ref.Call(k.Context(), Request{Op: Echo, N: n + 1})
			got <- answer{resp, err}
		}()
	}
	k.failed(wait(k, "the dropped call's end", got).err, "call", actor.NotSent, actor.ErrFull)
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	a := wait(k, "the newer call's reply", got)
	require.NoError(k, a.err)
	assert.NotZero(k, a.resp.N)
}

func (k *kit) fullPrunes() {
	l := newLine(k.T)
	s, v, running := k.full(Wait, l)
	for range 3 {
		ctx, cancel := context.WithCancel(k.Context())
		gone := k.call(ctx, s.Ref, Request{Op: Note, Line: l.addr(), Key: "gone"})
		cancel()
		require.ErrorIs(k, wait(k, "the canceled call's end", gone).err, actor.ErrNotStarted)
	}
	require.NoError(k, s.Ref.Cast(actor.NoWait(k.Context()), Request{Op: Note, Line: l.addr(), Key: "queued"}))
	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	k.works(s.Ref)
	assert.Equal(k, []string{"running", "queued"}, l.begun())
}
