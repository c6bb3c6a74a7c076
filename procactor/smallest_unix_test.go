//go:build unix

package procactor_test

import (
	"bytes"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// Guarantee(interop): A worker in another language that does what the table "the smallest worker" of docs/protocol.md asks for, and nothing else, serves calls, short and long and several at once, and ends in order.
func TestSmallestWorker(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the worker is written in Python, which is not there")
	}
	shout := procactor.NewTask[[]byte, []byte]("shout", nil).WithCodec(codec.Raw(), codec.Raw()).Concurrent(4)
	absent := procactor.NewTask[[]byte, []byte]("whisper", nil).WithCodec(codec.Raw(), codec.Raw())
	sys := newSystem(t)
	w := procactor.Program(python, "testdata/smallest.py")
	w.MaxFrame = 8 << 10 // what is longer is cut, both ways
	p, err := procactor.Start(t.Context(), sys, "w", w)
	require.NoError(t, err)
	for _, input := range [][]byte{nil, []byte("hello"), bytes.Repeat([]byte("x"), 1<<20-100)} {
		var ends []<-chan answer[[]byte]
		for range 3 {
			ends = append(ends, call(t.Context(), shout.On(p), input))
		}
		for _, end := range ends {
			got := wait(t, "the answer", end)
			require.NoError(t, got.err)
			assert.Equal(t, string(bytes.ToUpper(input)), string(got.out))
		}
	}
	_, err = absent.On(p).Call(t.Context(), nil)
	require.Error(t, err)
	require.ErrorIs(t, err, actor.ErrNotStarted)
	down := shout.On(p).Watch(t.Context())
	require.NoError(t, p.Stop(t.Context()))
	assert.True(t, actor.IsNormal(wait(t, "its end", down).Reason))
}
