package targettest

import (
	"context"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func castRows() []row {
	return []row{
		{"cast: it runs once", (*kit).castRuns},
		{"cast: it outlives its context", (*kit).castOutlives},
		{"cast: an error of its own ends nothing", (*kit).castFails},
		{"cast: a panic ends the life", (*kit).castPanics},
	}
}

func (k *kit) castRuns() {
	s, l := k.subject(), newLine(k.T)
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: "cast"}))
	k.works(s.Ref)
	assert.Equal(k, "cast", l.next(k.T).key)
	assert.Equal(k, 1, l.runs("cast"))
}

func (k *kit) castOutlives() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithCancel(k.Context())
	require.NoError(k, s.Ref.Cast(ctx, Request{Op: Hold, Line: l.addr(), Key: "cast"}))
	v := l.next(k.T)
	cancel()
	v.release()
	assert.Equal(k, reportReleased, v.report(k.T))
}

func (k *kit) castFails() {
	s := k.subject()
	before, _ := s.Ref.PID()
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Fail, Text: "nobody hears"}))
	k.works(s.Ref)
	after, ok := s.Ref.PID()
	require.True(k, ok)
	assert.Equal(k, before, after)
}

func (k *kit) castPanics() {
	s := k.subject()
	down := s.Ref.Watch(k.Context())
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Panic, Text: "unheard of"}))
	assert.ErrorContains(k, k.down(down).Reason, "unheard of")
}
