package targettest

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// endingRows are the table of how a call can end, but for contexts, overload
// and streams, which have files of their own.
func endingRows() []row {
	return []row{
		{"ending: the request's own error", (*kit).endsInOwnError},
		{"ending: a panic", (*kit).endsInPanic},
		{"ending: the actor exits", (*kit).endsInExit},
		{"ending: killed while running", (*kit).endsKilled},
		{"ending: queued when the last life ended", (*kit).endsQueued},
		{"ending: draining", (*kit).endsDraining},
		{"ending: gave up", (*kit).endsGone},
		{"ending: never was", (*kit).endsNobody},
		{"ending: link lost", provoked(actor.Unknown, actor.ErrNoConnection)},
		{"ending: failed to start", provoked(actor.NotSent)},
		{"ending: other version or tasks", provoked(actor.NotSent)},
		{"ending: the other side broke the protocol", (*kit).endsInProtocolError},
		{"ending: quarantined", provoked(actor.Unknown)},
	}
}

// provoke has the fixture end a call in the row's way.
func (k *kit) provoke() error {
	k.Helper()
	f := k.fixture.Provoke[k.row]
	require.NotNil(k, f, "the row needs Fixture.Provoke: provide it, or say in Lacks why there is none")
	err := f(k.T)
	k.check(err)
	return err
}

// provoked is a row of which only the fixture knows the error's type.
func provoked(d actor.Delivery, is ...error) func(*kit) {
	return func(k *kit) { k.failed(k.provoke(), "call", d, is...) }
}

func (k *kit) endsInProtocolError() {
	err := k.provoke()
	k.failed(err, "call", actor.Unknown)
	var protocol *actor.ProtocolError
	assert.ErrorAs(k, err, &protocol)
}

func (k *kit) endsInOwnError() {
	s := k.subject()
	_, err := s.Ref.Call(k.Context(), Request{Op: Fail, Text: "no such pigeon"})
	k.failed(err, "call", actor.Done)
	require.ErrorContains(k, err, "no such pigeon")
	k.check(err)
	k.works(s.Ref)
}

func (k *kit) endsInPanic() {
	s := k.subject()
	down := s.Ref.Watch(k.Context())
	_, err := s.Ref.Call(k.Context(), Request{Op: Panic, Text: "out of pigeons"})
	k.failed(err, "call", actor.Unknown)
	require.ErrorContains(k, err, "out of pigeons")
	k.check(err)
	d := k.down(down)
	assert.False(k, actor.IsNormal(d.Reason), "a panic is a crash")
	assert.ErrorContains(k, d.Reason, "out of pigeons")
}

func (k *kit) endsInExit() {
	s := k.subject()
	down := s.Ref.Watch(k.Context())
	_, err := s.Ref.Call(k.Context(), Request{Op: Exit, N: 3})
	k.failed(err, "call", actor.Unknown)
	k.check(err)
	d := k.down(down)
	assert.False(k, actor.IsNormal(d.Reason), "an exit with a call running is a crash")
}

func (k *kit) endsKilled() {
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	_, got := k.hold(k.Context(), l, s.Ref, Block, "killed")
	kill()
	a := wait(k, "the call's end", got)
	k.failed(a.err, "call", actor.Unknown)
	k.check(a.err)
}

func (k *kit) endsQueued() {
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	_, running := k.hold(k.Context(), l, s.Ref, Block, "running")
	queued := k.call(k.Context(), s.Ref, Request{Op: Note, Line: l.addr(), Key: "queued"})
	kill()
	require.Error(k, wait(k, "the running call's end", running).err)
	k.failed(wait(k, "the queued call's end", queued).err, "call", actor.NotSent, actor.ErrNoActor)
	assert.Zero(k, l.runs("queued"))
}

func (k *kit) endsDraining() {
	s, l := k.subject(), newLine(k.T)
	require.NotNil(k, s.Drain, "the row needs Subject.Drain: provide it, or say in Lacks why there is none")
	v, running := k.hold(k.Context(), l, s.Ref, Hold, "running")
	require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: "queued"}))
	short, cancel := context.WithCancel(k.Context())
	cancel()
	require.ErrorIs(k, s.Drain(short), context.Canceled, "a request still runs")

	_, err := s.Ref.Call(k.Context(), Request{Op: Echo})
	k.failed(err, "call", actor.NotSent, actor.ErrDraining)
	k.failed(s.Ref.Cast(k.Context(), Request{Op: Echo}), "cast", actor.NotSent, actor.ErrDraining)

	v.release()
	require.NoError(k, wait(k, "the running call's reply", running).err)
	require.NoError(k, s.Drain(k.Context()))
	assert.Equal(k, []string{"running", "queued"}, l.begun(), "what was admitted is done")
}

func (k *kit) endsGone() {
	s := k.subject()
	k.need("GiveUp", s.GiveUp)()
	k.nobody(s.Ref)
}

func (k *kit) endsNobody() {
	require.NotNil(k, k.fixture.Nobody, "the row needs Fixture.Nobody: provide it, or say in Lacks why there is none")
	k.nobody(k.fixture.Nobody(k.T))
}

// nobody asserts that nobody is behind r.
func (k *kit) nobody(r ref) {
	k.Helper()
	_, err := r.Call(k.Context(), Request{Op: Echo})
	k.failed(err, "call", actor.NotSent, actor.ErrNoActor)
	k.check(err)
	k.failed(r.Cast(k.Context(), Request{Op: Echo}), "cast", actor.NotSent, actor.ErrNoActor)
	_, ok := r.PID()
	assert.False(k, ok, "nobody has no PID")
	assert.ErrorIs(k, k.down(r.Watch(k.Context())).Reason, actor.ErrNoActor)
}
