package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// own is a Host of the test: its Do is a function.
type own struct {
	*procactor.HostLife
	do func(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error
}

func (o own) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	return o.do(ctx, r, reply)
}

func ownHost(do func(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error) own {
	return own{procactor.NewHostLife("own"), do}
}

// encoded is n as the tasks of these tests write it.
func encoded(t testing.TB, n int) []byte {
	t.Helper()
	b, err := codec.Default[int]().Append(nil, n)
	require.NoError(t, err)
	return b
}

// What a Host returns is told by the call as far as the Host knows it.
func TestErrorsOfAnOwnHost(t *testing.T) {
	own := errors.New("of the host")
	tests := map[string]struct {
		err      error
		delivery actor.Delivery
		is       error
	}{
		"unknown":             {own, actor.Unknown, own},
		"not sent":            {&actor.CallError{Err: own}, actor.NotSent, own},
		"not started":         {&actor.CallError{Delivery: actor.NotStarted, Err: own}, actor.NotStarted, own},
		"done":                {&actor.CallError{Delivery: actor.Done, Err: own}, actor.Done, own},
		"wrapped":             {fmt.Errorf("more: %w", &actor.CallError{Delivery: actor.NotStarted, Err: own}), actor.NotStarted, own},
		"without a reason":    {&actor.CallError{}, actor.NotSent, nil},
		"no delivery":         {&actor.CallError{Delivery: 77, Err: own}, actor.Unknown, own},
		"a nil pointer":       {(*actor.CallError)(nil), actor.Unknown, nil},
		"of the task":         {&actor.RawError{Message: "no", Marks: []string{"fs.ErrNotExist"}}, actor.Done, fs.ErrNotExist},
		"of an odd class":     {&actor.RawError{Class: 200, Message: "no"}, actor.Done, nil},
		"of the input":        {&actor.RawError{Class: 3, Message: "no"}, actor.NotStarted, actor.ErrRefused},
		"an unknown task":     {&actor.RawError{Class: 2, Message: "no"}, actor.NotStarted, actor.ErrRefused},
		"of the task, passed": {&actor.CallError{Delivery: actor.Done, Err: &actor.RawError{Message: "no", Marks: []string{"io.EOF"}}}, actor.Done, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := ownHost(func(context.Context, *actor.RawRequest, func([]byte) error) error { return test.err })
			_, err := square.On(h).Call(t.Context(), 3)
			failed(t, err, test.delivery)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			assert.NotEmpty(t, err.Error())
			failed(t, square.On(h).Cast(t.Context(), 3), test.delivery)
			for _, err := range square.On(h).Stream(t.Context(), 3) {
				failed(t, err, test.delivery)
			}
		})
	}
}

// Guarantee(foreign): Whatever a Host of your own does, be it nothing, a panic, nonsense or two answers, is an error of the call, which ends with its ctx at the latest.
func TestBadHosts(t *testing.T) {
	late := make(chan error, 1)
	tests := map[string]struct {
		do       func(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error
		delivery actor.Delivery
		want     any // the type of the error; nil: it succeeds
	}{
		"panics": {func(context.Context, *actor.RawRequest, func([]byte) error) error { panic("of the host") }, actor.Unknown, new(*actor.PanicError)},
		"panics after its reply": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			_ = reply(encoded(t, 9))
			panic("of the host")
		}, actor.Unknown, new(*actor.PanicError)},
		"ends its goroutine": {func(context.Context, *actor.RawRequest, func([]byte) error) error { runtime.Goexit(); return nil }, actor.Unknown, new(*actor.PanicError)},
		"says nothing":       {func(context.Context, *actor.RawRequest, func([]byte) error) error { return nil }, actor.Unknown, new(*actor.ProtocolError)},
		"replies nil": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			return reply(nil)
		}, actor.Done, new(*procactor.TaskError)},
		"replies nonsense": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			return reply([]byte("\xff\xff nonsense"))
		}, actor.Done, new(*procactor.TaskError)},
		"replies twice": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			assert.NoError(t, reply(encoded(t, 9)))
			assert.ErrorIs(t, reply(encoded(t, 10)), actor.ErrSecondReply)
			return nil
		}, actor.Done, nil},
		"replies after its return": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			returned, nine := make(chan struct{}), encoded(t, 9)
			go func() {
				<-returned
				for {
					if err := reply(nine); err != nil {
						late <- err
						return
					}
				}
			}()
			defer close(returned)
			return reply(nine)
		}, actor.Done, nil},
		"replies from many goroutines": {func(_ context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
			ended, nine := make(chan error, 8), encoded(t, 9)
			for range cap(ended) {
				go func() { ended <- reply(nine) }()
			}
			taken := 0
			for range cap(ended) {
				if <-ended == nil {
					taken++
				}
			}
			assert.Equal(t, 1, taken)
			return nil
		}, actor.Done, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := square.On(ownHost(test.do)).Call(t.Context(), 3)
			if test.want == nil {
				require.NoError(t, err)
				assert.Equal(t, 9, got)
				return
			}
			failed(t, err, test.delivery)
			require.ErrorAs(t, err, test.want)
		})
	}
	assert.Error(t, wait(t, "the late reply", late))
}

// A Do that never returns is left behind when ctx has ended.
func TestHostThatNeverReturns(t *testing.T) {
	forever := make(chan struct{})
	defer close(forever)
	for _, op := range []string{"call", "cast"} {
		t.Run(op, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			bored := errors.New("bored")
			ref := square.On(ownHost(func(context.Context, *actor.RawRequest, func([]byte) error) error {
				cancel(bored)
				<-forever
				return nil
			}))
			err := ref.Cast
			if op == "call" {
				err = func(ctx context.Context, n int) error { _, err := ref.Call(ctx, n); return err }
			}
			got := err(ctx, 3)
			failed(t, got, actor.Unknown)
			require.ErrorIs(t, got, context.Canceled)
			require.ErrorIs(t, got, bored)
		})
	}
}

// What else a Host has is not trusted, either.
func TestBadMethodsOfHosts(t *testing.T) {
	for name, h := range map[string]procactor.Host{"panics": panicking{}, "nil": (*empty)(nil), "empty": &empty{}} {
		t.Run(name, func(t *testing.T) {
			ref := square.On(h)
			assert.Empty(t, ref.Name())
			_, ok := ref.PID()
			assert.False(t, ok)
			down, ok := <-ref.Watch(t.Context())
			require.True(t, ok)
			require.Error(t, down.Reason)
			_, err := ref.Call(t.Context(), 3)
			failed(t, err, actor.Unknown)
			for _, err := range procactor.Map(t.Context(), ref, slices.Values([]int{1, 2})) {
				failed(t, err, actor.Unknown)
			}
		})
	}
	_, err := square.On((*procactor.Pool)(nil)).Call(t.Context(), 3)
	failed(t, err, actor.NotSent)
}

type panicking struct{}

func (panicking) Name() string                                                    { panic("Name") }
func (panicking) PID() (actor.PID, bool)                                          { panic("PID") }
func (panicking) Width() int                                                      { panic("Width") }
func (panicking) Watch(context.Context) <-chan actor.Down                         { panic("Watch") }
func (panicking) Do(context.Context, *actor.RawRequest, func([]byte) error) error { panic("Do") }

type empty struct{ name string }

func (e *empty) Name() string                                                    { return e.name }
func (e *empty) PID() (actor.PID, bool)                                          { return actor.PID{Name: e.name}, false }
func (e *empty) Watch(context.Context) <-chan actor.Down                         { return nil }
func (e *empty) Do(context.Context, *actor.RawRequest, func([]byte) error) error { return nil }

// What the request says, and what cannot be asked of a Host.
func TestRequestsOfAnOwnHost(t *testing.T) {
	var seen actor.RawRequest
	h := ownHost(func(_ context.Context, r *actor.RawRequest, reply func([]byte) error) error {
		seen = *r
		return reply(r.Body)
	})
	task := square.Idempotent().Concurrent(4).WithKey(func(int) string { return "k" })
	_, err := task.On(h).Call(procactor.WithTraceparent(t.Context(), "00-trace"), 3)
	require.NoError(t, err)
	assert.Equal(t, actor.RawRequest{
		Op: "call", Task: "square", Key: "k", Body: encoded(t, 3), In: "cbor", Out: "cbor", Idempotent: true, Concurrent: 4, Attempt: 1,
		Meta: map[string]string{"traceparent": "00-trace"},
	}, seen)

	_, err = square.On(h).Call(procactor.WithOutput(t.Context(), nil, io.Discard), 3)
	failed(t, err, actor.NotSent)
	var output *procactor.OutputError
	require.ErrorAs(t, err, &output)
	assert.Equal(t, "own", output.Host)

	command := procactor.NewCommandTask[int, int]("command", nil, nil)
	_, err = command.On(h).Call(t.Context(), 3)
	failed(t, err, actor.NotSent)
	require.ErrorIs(t, err, actor.ErrRefused)
}

// A task that comes from elsewhere is done by this package's hosts, too: a Host
// that passes everything on is as good as the one behind it.
func TestRequestsPassedOn(t *testing.T) {
	p := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	h := ownHost(p.Do)
	works(t, h)
	_, err := misbehave.On(h).Call(t.Context(), "error")
	failed(t, err, actor.Done)
	var own *procactor.TaskError
	require.ErrorAs(t, err, &own)
	_, err = misbehave.On(h).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	assert.Equal(t, 3, exitOf(t, err).Code)
	require.NoError(t, square.On(h).Cast(t.Context(), 3))
	_, err = procactor.NewTask[int, int]("no such task", nil).On(h).Call(t.Context(), 1)
	failed(t, err, actor.NotSent)
	for _, r := range []*actor.RawRequest{nil, {}, {Op: "sing"}} {
		failed(t, p.Do(t.Context(), r, func([]byte) error { return nil }), actor.NotSent)
	}
}

// The bytes of an item are the Host's again when reply returns, and a consumer that
// leaves, or panics, ends the request.
func TestStreamsOfAnOwnHost(t *testing.T) {
	numbers := procactor.NewStreamTask[int, int]("numbers", nil)
	ended := make(chan error, 1)
	h := ownHost(func(ctx context.Context, _ *actor.RawRequest, reply func([]byte) error) error {
		var body []byte
		for i := 0; ; i++ {
			body = append(body[:0], encoded(t, i)...)
			if err := reply(body); err != nil {
				<-ctx.Done()
				ended <- context.Cause(ctx)
				return err
			}
		}
	})
	seen := 0
	for n, err := range numbers.On(h).Stream(t.Context(), 0) {
		require.NoError(t, err)
		require.Equal(t, seen, n)
		if seen++; seen == 3 {
			break
		}
	}
	require.ErrorIs(t, wait(t, "the end", ended), actor.ErrStreamBroken)
	assert.PanicsWithValue(t, "of the consumer", func() {
		for _, err := range numbers.On(h).Stream(t.Context(), 0) {
			require.NoError(t, err)
			panic("of the consumer")
		}
	})
	require.ErrorIs(t, wait(t, "the end", ended), actor.ErrStreamBroken)
}
