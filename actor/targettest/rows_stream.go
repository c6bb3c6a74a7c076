package targettest

import (
	"context"
	"iter"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func streamRows() []row {
	return []row{
		{"stream: items come in order, then the end", (*kit).streamOrder},
		{"stream: an error comes last, after all items", (*kit).streamError},
		{"stream: a request with one reply is a stream of one", (*kit).streamOne},
		{"stream: it is single-use", (*kit).streamUsed},
		{"stream: nothing is sent before it is ranged over", (*kit).streamLazy},
		{"stream: leaving the loop cancels the handler", (*kit).streamBreak},
		{"stream: the handler is a bounded number ahead", (*kit).streamCredit},
		{"stream: canceled while running", (*kit).streamCanceled},
		{"stream: a panic comes last", (*kit).streamPanic},
		{"stream: killed while running", (*kit).streamKilled},
		{"stream: nobody is there", (*kit).streamNobody},
	}
}

// collect ranges over a stream and holds that an error is the last pair.
func (k *kit) collect(seq iter.Seq2[Response, error]) (items []Response, last error) {
	k.Helper()
	for item, err := range seq {
		require.NoError(k, last, "something came after the error")
		if last = err; err == nil {
			items = append(items, item)
		}
	}
	return items, last
}

// numbered asserts that the items are those of an Emit.
func (k *kit) numbered(n int, items []Response) {
	k.Helper()
	require.Len(k, items, n)
	for i, item := range items {
		require.Equal(k, i, item.N)
	}
}

func (k *kit) streamOrder() {
	s := k.subject()
	for _, n := range []int{0, 1, 500} {
		items, err := k.collect(s.Ref.Stream(k.Context(), Request{Op: Emit, N: n}))
		require.NoError(k, err)
		k.numbered(n, items)
	}
}

func (k *kit) streamError() {
	s := k.subject()
	items, err := k.collect(s.Ref.Stream(k.Context(), Request{Op: Emit, N: 100, Then: Fail, Text: "ran dry"}))
	k.failed(err, "stream", actor.Done)
	require.ErrorContains(k, err, "ran dry")
	k.numbered(100, items)
	k.works(s.Ref)
}

func (k *kit) streamOne() {
	s := k.subject()
	items, err := k.collect(s.Ref.Stream(k.Context(), Request{Op: Echo, N: 3}))
	require.NoError(k, err)
	assert.Equal(k, []Response{{N: 3}}, items)
}

func (k *kit) streamUsed() {
	s := k.subject()
	seq := s.Ref.Stream(k.Context(), Request{Op: Emit, N: 2})
	items, err := k.collect(seq)
	require.NoError(k, err)
	k.numbered(2, items)
	items, err = k.collect(seq)
	assert.Empty(k, items)
	k.failed(err, "stream", actor.NotSent, actor.ErrStreamUsed)
}

func (k *kit) streamLazy() {
	s, l := k.subject(), newLine(k.T)
	_ = s.Ref.Stream(k.Context(), Request{Op: Note, Line: l.addr(), Key: "never"})
	k.works(s.Ref)
	assert.Empty(k, l.begun())
}

func (k *kit) streamBreak() {
	s, l := k.subject(), newLine(k.T)
	seen := 0
	for item, err := range s.Ref.Stream(k.Context(), Request{Op: Emit, N: Endless, Line: l.addr(), Key: "endless"}) {
		require.NoError(k, err)
		require.Equal(k, seen, item.N)
		if seen++; seen == 3 {
			break
		}
	}
	sent := l.next(k.T).sentInAll(k.T) // it ended, or this would wait
	assert.GreaterOrEqual(k, sent, seen)
	assert.LessOrEqual(k, sent, seen+k.fixture.ahead())
	k.works(s.Ref)
}

func (k *kit) streamCredit() {
	// A handler without credit would run away in the time of so many
	// questions; one with credit cannot, however long it takes.
	const questions = 200
	s, l := k.subject(), newLine(k.T)
	seen := 0
	for _, err := range s.Ref.Stream(k.Context(), Request{Op: Emit, N: Endless, Line: l.addr(), Key: "endless"}) {
		require.NoError(k, err)
		seen++
		v := l.next(k.T)
		for range questions {
			require.LessOrEqual(k, v.sent(k.T), seen+k.fixture.ahead())
		}
		break
	}
	k.works(s.Ref)
}

func (k *kit) streamCanceled() {
	s, l := k.subject(), newLine(k.T)
	ctx, cancel := context.WithCancelCause(k.Context())
	defer cancel(nil)
	var last error
	seen := 0
	for _, err := range s.Ref.Stream(ctx, Request{Op: Emit, N: 3, Then: Hold, Line: l.addr(), Key: "stream"}) {
		require.NoError(k, last, "something came after the error")
		if last = err; err != nil {
			continue
		}
		if seen++; seen == 3 {
			cancel(errBored)
		}
	}
	k.failed(last, "stream", actor.Unknown, context.Canceled, errBored)
	v := l.next(k.T)
	assert.Equal(k, reportCanceled, v.report(k.T))
	v.release()
	k.works(s.Ref)
}

func (k *kit) streamPanic() {
	s := k.subject()
	items, err := k.collect(s.Ref.Stream(k.Context(), Request{Op: Emit, N: 5, Then: Panic, Text: "mid-stream"}))
	k.failed(err, "stream", actor.Unknown)
	require.ErrorContains(k, err, "mid-stream")
	k.check(err)
	assert.LessOrEqual(k, len(items), 5)
}

func (k *kit) streamKilled() {
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	var last error
	seen := 0
	for _, err := range s.Ref.Stream(k.Context(), Request{Op: Emit, N: 3, Then: Block, Line: l.addr(), Key: "stream"}) {
		require.NoError(k, last, "something came after the error")
		if last = err; err != nil {
			continue
		}
		if seen++; seen == 3 {
			kill()
		}
	}
	k.failed(last, "stream", actor.Unknown)
	k.check(last)
}

func (k *kit) streamNobody() {
	s := k.subject()
	k.need("GiveUp", s.GiveUp)()
	items, err := k.collect(s.Ref.Stream(k.Context(), Request{Op: Emit, N: 2}))
	assert.Empty(k, items)
	k.failed(err, "stream", actor.NotSent, actor.ErrNoActor)
}
