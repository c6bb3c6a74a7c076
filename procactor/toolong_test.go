package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tome is a typed error of any size.
type tome struct{ Pages []byte }

func (*tome) Error() string { return "too much to read" }

var (
	// write fails with a tome of that many bytes.
	write = procactor.NewTask("write", func(_ context.Context, n int) (int, error) {
		return 0, fmt.Errorf("%w: %w", fs.ErrNotExist, &tome{make([]byte, n)})
	}).WithErrors(codec.Error(codec.CBOR[*tome]()))
	// spill emits an item of one byte, one of that many, and fails with what
	// came of it.
	spill = procactor.NewStreamTask("spill", func(_ context.Context, n int, emit func([]byte) error) error {
		return errors.Join(emit(make([]byte, 1)), emit(make([]byte, n)))
	})
	// writes is write as a stream.
	writes = procactor.NewStreamTask("writes", func(_ context.Context, n int, emit func(int) error) error {
		return errors.Join(emit(n), &tome{make([]byte, n)})
	}).WithErrors(codec.Error(codec.CBOR[*tome]()))
)

func tooLongTasks() []procactor.MainOption { return []procactor.MainOption{write, writes, spill} }

// Guarantee(values): An answer over the limit, be it a reply, an item or a typed error, is a *wire.LimitError with limit and size, just as a request over it is.
func TestAnswersOverTheLimitSayWhichLimit(t *testing.T) {
	const limit, size = 256 << 10, 300 << 10
	w := procactor.Self()
	w.MaxFrame, w.MaxBody = 64<<10, limit
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		pid := procactor.ProcessID(h)
		for what, tt := range map[string]struct {
			call  func() error
			class wire.Class
			says  string
		}{
			"reply":             {func() error { _, err := grow.On(h).Call(t.Context(), size); return err }, wire.ClassOutput, "does not encode: wire: 307"},
			"reply to a stream": {func() error { return lastOf(t, grow.On(h), size, 0) }, wire.ClassOutput, "does not encode: wire: 307"},
			"item":              {func() error { return lastOf(t, spill.On(h), size, 1) }, wire.ClassOutput, "does not encode: wire: 307"},
			"error":             {func() error { _, err := write.On(h).Call(t.Context(), size); return err }, wire.ClassTask, "too much to read (only its text was sent: wire: 307"},
			"error of a stream": {func() error { return lastOf(t, writes.On(h), size, 1) }, wire.ClassTask, "too much to read (only its text was sent: wire: 307"},
		} {
			t.Run(what, func(t *testing.T) {
				err := tt.call()
				failed(t, err, actor.Done)
				assert.ErrorContains(t, err, tt.says)
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
				assert.Equal(t, tt.class, own.Class)
				overLimit(t, err, limit, size)
			})
		}
		_, err := echo.On(h).Call(t.Context(), make([]byte, size))
		failed(t, err, actor.NotSent)
		overLimit(t, err, limit, size)

		_, err = write.On(h).Call(t.Context(), size)
		assert.ErrorIs(t, err, fs.ErrNotExist, "what it is travels all the same")
		assert.Equal(t, pid, procactor.ProcessID(h))
	})
}

// lastOf is the error behind that many items of a stream.
func lastOf[Out any](t *testing.T, r actor.Ref[int, Out], n, items int) (last error) {
	t.Helper()
	for _, err := range r.Stream(t.Context(), n) {
		if last = err; err == nil {
			items--
		}
	}
	assert.Zero(t, items, "the items before the error")
	return last
}

// overLimit holds that err is of a message with at least size bytes of body.
func overLimit(t *testing.T, err error, limit, size uint64) {
	t.Helper()
	var got *wire.LimitError
	require.ErrorAs(t, err, &got)
	assert.Equal(t, wire.BoundBody, got.What)
	assert.Equal(t, limit, got.Limit)
	assert.Greater(t, got.Size, size)
	assert.Less(t, got.Size, size+1<<10)
}

// A typed error has the room of a reply, whatever a frame holds.
func TestTypedErrorsMayBeAsLongAsReplies(t *testing.T) {
	w := procactor.Self()
	w.MaxFrame, w.MaxBody = 64<<10, 256<<10
	p := start(t, w)
	for _, n := range []int{0, 32 << 10, 64 << 10, 200 << 10} {
		_, err := write.On(p).Call(t.Context(), n)
		failed(t, err, actor.Done)
		var whole *tome
		require.ErrorAs(t, err, &whole, "%d bytes", n)
		assert.Len(t, whole.Pages, n)
		assert.NotErrorAs(t, err, new(*wire.LimitError))
	}
}
