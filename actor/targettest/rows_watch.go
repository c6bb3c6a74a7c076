package targettest

import (
	"context"
	"errors"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func watchRows() []row {
	return []row{
		{"watch: exactly one Down for each watcher", (*kit).watchOnce},
		{"watch: the reason of a crash", (*kit).watchCrash},
		{"watch: the reason of an orderly stop", (*kit).watchStop},
		{"watch: a stop lets the running request end first", (*kit).watchStopRunning},
		{"watch: the end of its context ends it without a Down", (*kit).watchCanceled},
		{"watch: while no life is there, it waits for the next", (*kit).watchHeld},
		{"watch: a Down comes after the old life has let go", (*kit).watchThenCall},
	}
}

// end returns what ends the life of an idle actor, in whatever way.
func (k *kit) end(s Subject) func() {
	k.Helper()
	if s.Kill != nil {
		return s.Kill
	}
	return k.need("Kill or Stop", s.Stop)
}

func (k *kit) watchOnce() {
	s := k.subject()
	end := k.end(s)
	k.works(s.Ref)
	pid, ok := s.Ref.PID()
	require.True(k, ok)
	first, second := s.Ref.Watch(k.Context()), s.Ref.Watch(k.Context())
	end()
	assert.Equal(k, pid, k.down(first).PID)
	assert.Equal(k, pid, k.down(second).PID)
}

func (k *kit) watchCrash() {
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	down := s.Ref.Watch(k.Context())
	_, got := k.hold(k.Context(), l, s.Ref, Block, "running")
	kill()
	d := k.down(down)
	assert.False(k, actor.IsNormal(d.Reason), "killed is a crash, not %v", d.Reason)
	k.check(d.Reason)
	require.Error(k, wait(k, "the call's end", got).err)
}

func (k *kit) watchStop() {
	s := k.subject()
	stop := k.need("Stop", s.Stop)
	k.works(s.Ref)
	down := s.Ref.Watch(k.Context())
	stop()
	d := k.down(down)
	assert.True(k, actor.IsNormal(d.Reason), "an orderly stop is normal, not %v", d.Reason)
	k.check(d.Reason)
}

func (k *kit) watchStopRunning() {
	s, l := k.subject(), newLine(k.T)
	stop := k.need("Stop", s.Stop)
	down := s.Ref.Watch(k.Context())
	v, got := k.hold(k.Context(), l, s.Ref, Hold, "running")
	stop()
	assert.Equal(k, reportCanceled, v.report(k.T), "the handler's context is done")
	v.release()
	require.Error(k, wait(k, "the call's end", got).err)
	d := k.down(down)
	assert.True(k, actor.IsNormal(d.Reason), "an orderly stop is normal, not %v", d.Reason)
}

func (k *kit) watchCanceled() {
	s := k.subject()
	ctx, cancel := context.WithCancel(k.Context())
	ended, lives := s.Ref.Watch(ctx), s.Ref.Watch(k.Context())
	cancel()
	d, ok := wait2(k, ended)
	assert.False(k, ok, "a canceled watch got %v", d)
	if s.Kill != nil {
		s.Kill()
		k.down(lives)
	}
}

func (k *kit) watchHeld() {
	s := k.subject()
	k.need("Hold", s.Hold)()
	down := s.Ref.Watch(k.Context())
	_, ok := s.Ref.PID()
	assert.False(k, ok, "between two lives there is no PID")
	k.need("Resume", s.Resume)()
	k.works(s.Ref)
	pid, ok := s.Ref.PID()
	require.True(k, ok)
	k.need("Kill", s.Kill)()
	assert.Equal(k, pid, k.down(down).PID)
}

func (k *kit) watchThenCall() {
	s, l := k.subject(), newLine(k.T)
	end := k.end(s)
	for range 3 {
		down := s.Ref.Watch(k.Context())
		pid, ok := s.Ref.PID()
		end()
		d := k.down(down)
		if ok && errors.Is(d.Reason, actor.ErrNoActor) {
			return // the last life of an actor that is not supervised
		}
		_, err := s.Ref.Call(k.Context(), Request{Op: Note, Line: l.addr(), Key: "after"})
		if err != nil {
			k.failed(err, "call", actor.NotSent, actor.ErrNoActor)
			return
		}
		after, _ := s.Ref.PID()
		assert.NotEqual(k, pid, after, "answered by a life that had ended")
	}
}
