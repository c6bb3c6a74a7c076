package targettest

import (
	"cmp"
	"fmt"
	"strings"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func callRows() []row {
	return []row{
		{"call: the reply is the request's", (*kit).callReplies},
		{"call: large and odd values arrive as they are", (*kit).callCarries},
		{"call: copies of a Ref serve many goroutines", (*kit).callConcurrently},
		{"call: requests of one sender are handled in order", (*kit).callInOrder},
		{"call: a request runs at most once", (*kit).callRunsOnce},
		{"call: values of the context travel", (*kit).callCarriesValues},
		{"ref: name and PID name the actor", (*kit).refNames},
	}
}

func (k *kit) callReplies() {
	s := k.subject()
	got, err := s.Ref.Call(k.Context(), Request{Op: Echo, N: 42, Text: "hello"})
	require.NoError(k, err)
	assert.Equal(k, Response{N: 42, Text: "hello"}, got)
}

func (k *kit) callCarries() {
	s := k.subject()
	for _, text := range []string{"", "\x00", "é世界\n", strings.Repeat("x", 300_000)} {
		got, err := s.Ref.Call(k.Context(), Request{Op: Echo, N: -1 << 40, Text: text})
		require.NoError(k, err)
		assert.Equal(k, -1<<40, got.N)
		if text != got.Text { // not assert.Equal, which would print it all
			k.Errorf("a text of %d bytes came back as one of %d", len(text), len(got.Text))
		}
	}
}

func (k *kit) callConcurrently() {
	const senders = 8
	each := cmp.Or(k.fixture.Calls, 25)
	s := k.subject()
	var wg sync.WaitGroup
	errs := make(chan error, senders)
	for sender := range senders {
		r := s.Ref
		wg.Go(func() {
			for i := range each {
				want := Response{N: sender*each + i, Text: fmt.Sprint(sender, i)}
				got, err := r.Call(k.Context(), Request{Op: Echo, N: want.N, Text: want.Text})
				if err == nil && got != want {
					err = fmt.Errorf("want %v, got %v", want, got)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		assert.NoError(k, err)
	}
}

func (k *kit) callInOrder() {
	const n = 20
	s, l := k.subject(), newLine(k.T)
	var want []string
	for i := range n {
		key := fmt.Sprint("n", i)
		want = append(want, key)
		require.NoError(k, s.Ref.Cast(k.Context(), Request{Op: Note, Line: l.addr(), Key: key}))
	}
	_, err := s.Ref.Call(k.Context(), Request{Op: Note, Line: l.addr(), Key: "last"})
	require.NoError(k, err)
	assert.Equal(k, append(want, "last"), l.begun())
}

func (k *kit) callRunsOnce() {
	s, l := k.subject(), newLine(k.T)
	kill := k.need("Kill", s.Kill)
	down := s.Ref.Watch(k.Context())
	_, got := k.hold(k.Context(), l, s.Ref, Block, "blamed")
	kill()
	a := wait(k, "the call's end", got)
	require.Error(k, a.err)
	k.down(down)
	// Whatever comes next, another life or none, the request is not in it.
	_, _ = s.Ref.Call(k.Context(), Request{Op: Note, Line: l.addr(), Key: "after"})
	assert.Equal(k, 1, l.runs("blamed"))
}

func (k *kit) callCarriesValues() {
	s := k.subject()
	got, err := s.Ref.Call(WithValue(k.Context(), "trace 17"), Request{Op: Value})
	require.NoError(k, err)
	assert.Equal(k, "trace 17", got.Text)
}

func (k *kit) refNames() {
	s := k.subject()
	assert.NotEmpty(k, s.Ref.Name())
	pid, ok := s.Ref.PID()
	require.True(k, ok, "a live actor has a PID")
	assert.Equal(k, s.Ref.Name(), pid.Name)
	again, _ := s.Ref.PID()
	assert.Equal(k, pid, again, "the same life has the same PID")
}
