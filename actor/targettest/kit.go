package targettest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kit is what a row works with.
type kit struct {
	*testing.T
	row     string
	fixture *Fixture
}

type ref = actor.Ref[Request, Response]

// subject starts the row's actor.
func (k *kit) subject() Subject {
	k.Helper()
	return k.fixture.New(k.T)
}

// need fails the row when the subject has no such function.
func (k *kit) need(name string, f func()) func() {
	k.Helper()
	require.NotNil(k, f, "the row needs Subject.%s: provide it, or say in Lacks why there is none", name)
	return f
}

// check has the fixture look at an error.
func (k *kit) check(err error) {
	k.Helper()
	if k.fixture.Check != nil {
		k.fixture.Check(k.T, k.row, err)
	}
}

// failed asserts that err is a *CallError of that delivery that matches is.
func (k *kit) failed(err error, op string, delivery actor.Delivery, is ...error) {
	k.Helper()
	require.Error(k, err)
	call, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
	require.Truef(k, ok, "%T is no *CallError: %v", err, err)
	assert.Equal(k, op, call.Op, "Op of %v", err)
	assert.Equal(k, delivery, call.Delivery, "Delivery of %v", err)
	assert.Equal(k, delivery <= actor.NotStarted, errors.Is(err, actor.ErrNotStarted), "ErrNotStarted of %v", err)
	assert.Equal(k, delivery == actor.Unknown, errors.Is(err, actor.ErrOutcomeUnknown), "ErrOutcomeUnknown of %v", err)
	for _, target := range is {
		require.ErrorIs(k, err, target)
	}
}

// works asserts that the actor answers.
func (k *kit) works(r ref) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), patience)
	defer cancel()
	got, err := r.Call(ctx, Request{Op: Echo, N: 7, Text: "still here"})
	require.NoError(k, err)
	assert.Equal(k, Response{N: 7, Text: "still here"}, got)
}

// answer is what a call returned.
type answer struct {
	resp Response
	err  error
}

// call calls on another goroutine.
func (k *kit) call(ctx context.Context, r ref, req Request) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		resp, err := r.Call(ctx, req)
		out <- answer{resp, err}
	}()
	return out
}

// wait returns what comes on ch, within the kit's patience.
func wait[T any](k *kit, what string, ch <-chan T) T {
	k.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		k.Fatalf("%s: nothing came", what)
		var none T
		return none
	}
}

// hold begins a Hold (or Block) and returns when it runs.
func (k *kit) hold(ctx context.Context, l *line, r ref, op Op, key string) (*visit, <-chan answer) {
	k.Helper()
	got := k.call(ctx, r, Request{Op: op, Line: l.addr(), Key: key, Text: key})
	v := l.next(k.T)
	require.Equal(k, key, v.key)
	return v, got
}

// down waits for exactly one Down and the end of the channel.
func (k *kit) down(ch <-chan actor.Down) actor.Down {
	k.Helper()
	select {
	case d, ok := <-ch:
		require.True(k, ok, "the channel was closed without a Down")
		require.Error(k, d.Reason, "a Down has a reason")
		_, more := wait2(k, ch)
		assert.False(k, more, "the channel is closed after its one Down")
		return d
	case <-time.After(patience):
		k.Fatal("no Down came")
		return actor.Down{}
	}
}

// wait2 is wait that tells a closed channel.
func wait2[T any](k *kit, ch <-chan T) (v T, ok bool) {
	k.Helper()
	select {
	case v, ok = <-ch:
		return v, ok
	case <-time.After(patience):
		k.Fatal("nothing came, not even the end")
		return v, ok
	}
}

// late is a context that ends by its deadline when it is told to.
type late struct {
	context.Context
	deadline time.Time
	done     chan struct{}
}

func newLate(ctx context.Context) *late {
	return &late{ctx, time.Now().Add(time.Hour), make(chan struct{})}
}

func (l *late) Deadline() (time.Time, bool) { return l.deadline, true }
func (l *late) Done() <-chan struct{}       { return l.done }

func (l *late) Err() error {
	select {
	case <-l.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
