package targettest

import (
	"context"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func restartRows() []row {
	return []row{
		{"restart: a Ref outlives the lives", (*kit).restartKeepsRef},
		{"restart: the PID is another, and greater", (*kit).restartChangesPID},
		{"restart: what was queued is answered by the next life", (*kit).restartKeepsQueue},
		{"restart: what is sent between two lives waits", (*kit).restartQueues},
		{"restart: canceled between two lives", (*kit).restartCanceled},
		{"restart: giving up between two lives answers what waits", (*kit).restartGivesUp},
	}
}

func (k *kit) restartKeepsRef() {
	s := k.subject()
	for range 2 {
		_, err := s.Ref.Call(k.Context(), Request{Op: Panic, Text: "again"})
		k.failed(err, "call", actor.Unknown)
		k.works(s.Ref)
	}
}

func (k *kit) restartChangesPID() {
	s := k.subject()
	k.works(s.Ref)
	before, ok := s.Ref.PID()
	require.True(k, ok)
	down := s.Ref.Watch(k.Context())
	k.need("Kill", s.Kill)()
	k.down(down)
	k.works(s.Ref)
	after, ok := s.Ref.PID()
	require.True(k, ok)
	assert.Equal(k, before.Name, after.Name)
	assert.Greater(k, after.Incarnation, before.Incarnation)
}

func (k *kit) restartKeepsQueue() {
	const n = 3
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	_, running := k.hold(k.Context(), l, s.Ref, Block, "running")
	var want []string
	for i := range n {
		key := fmt.Sprint("queued", i)
		want = append(want, key)
		require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: key}))
	}
	last := k.call(k.Context(), s.Ref, Request{Op: Echo, N: 9})
	kill()
	k.failed(wait(k, "the running call's end", running).err, "call", actor.Unknown)
	a := wait(k, "the queued call's reply", last)
	require.NoError(k, a.err)
	assert.Equal(k, 9, a.resp.N)
	k.works(s.Ref)
	assert.Equal(k, append([]string{"running"}, want...), l.begun())
}

func (k *kit) restartQueues() {
	s, l := k.subject(), newLine(k.T)
	k.need("Hold", s.Hold)()
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: "cast"}))
	got := k.call(k.Context(), s.Ref, Request{Op: Echo, N: 5})
	assert.Empty(k, l.begun(), "nobody is there to begin it")
	k.need("Resume", s.Resume)()
	a := wait(k, "the waiting call's reply", got)
	require.NoError(k, a.err)
	assert.Equal(k, 5, a.resp.N)
	k.works(s.Ref)
	assert.Equal(k, []string{"cast"}, l.begun())
}

func (k *kit) restartCanceled() {
	s, l := k.subject(), newLine(k.T)
	k.need("Hold", s.Hold)()
	ctx, cancel := context.WithCancelCause(k.Context())
	got := k.call(ctx, s.Ref, Request{Op: Note, Line: l.addr(), Key: "waits"})
	cancel(errBored)
	a := wait(k, "the waiting call's end", got)
	require.ErrorIs(k, a.err, actor.ErrNotStarted)
	require.ErrorIs(k, a.err, errBored)
	k.need("Resume", s.Resume)()
	k.works(s.Ref)
	assert.Zero(k, l.runs("waits"))
}

func (k *kit) restartGivesUp() {
	s, l := k.subject(), newLine(k.T)
	k.need("Hold", s.Hold)()
	got := k.call(k.Context(), s.Ref, Request{Op: Note, Line: l.addr(), Key: "waits"})
	down := s.Ref.Watch(k.Context())
	k.need("GiveUp", s.GiveUp)()
	k.failed(wait(k, "the waiting call's end", got).err, "call", actor.NotSent, actor.ErrNoActor)
	assert.ErrorIs(k, k.down(down).Reason, actor.ErrNoActor)
	assert.Zero(k, l.runs("waits"))
}
