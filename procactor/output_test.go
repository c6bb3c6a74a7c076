package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(output): When a call returns, its writers have everything that its worker wrote before the reply, in order, whether it came from prints, raw system calls or child processes.
func TestOutputOfACall(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	tests := []struct {
		name        string
		do          deed
		out, errOut string
	}{
		{"print", deed{Do: "print", Text: "line\nhalf"}, "line\nhalf", "LINE\nHALF"},
		{"raw writes", deed{Do: "raw", Text: strings.Repeat("0123456789", 40)}, strings.Repeat("0123456789", 40), ""},
		{"a child's", deed{Do: "say", Text: "out one;err two;out three"}, "one\nthree\n", "two\n"},
		{"nothing", deed{Do: "nap"}, "", ""},
		{"after that", deed{Do: "print", Text: "x"}, "x", "X"},
	}
	for range 3 {
		for _, tt := range tests {
			var out, errOut bytes.Buffer
			_, err := act.On(p).Call(procactor.WithOutput(t.Context(), &out, &errOut), tt.do)
			require.NoError(t, err, tt.name)
			assert.Equal(t, tt.out, out.String(), tt.name)
			assert.Equal(t, tt.errOut, errOut.String(), tt.name)
		}
	}
}

func TestOneWriterForBothStreams(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	var out bytes.Buffer // the race detector watches it
	_, err := act.On(p).Call(procactor.WithOutput(t.Context(), &out, &out), deed{Do: "say", Text: strings.Repeat("out o;err e;", 9)})
	require.NoError(t, err)
	assert.Equal(t, 9, strings.Count(out.String(), "o\n"))
	assert.Equal(t, 9, strings.Count(out.String(), "e\n"))
}

// slowWriter yields before each write, and notes one after it was closed.
type slowWriter struct {
	bytes.Buffer
	closed atomic.Bool
	late   atomic.Bool
}

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(50 * time.Microsecond)
	if w.closed.Load() {
		w.late.Store(true)
	}
	return w.Buffer.Write(p)
}

// Guarantee(output): No output is lost however slow its writer: a slow writer slows down the task's writes, not the protocol.
func TestLargeOutputWithASlowWriter(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	const size = 5 << 20
	var out slowWriter
	_, err := act.On(p).Call(procactor.WithOutput(t.Context(), &out, nil), deed{Do: "gush", N: size})
	require.NoError(t, err)
	out.closed.Store(true)
	assert.True(t, bytes.Equal(pattern(size), out.Bytes()), "%d bytes came", out.Len())
	_, err = act.On(p).Call(t.Context(), deed{Do: "print", Text: "for nobody"})
	require.NoError(t, err)
	assert.False(t, out.late.Load())
}

// Guarantee(output): Nothing is written to a call's writers after the call has returned, even if it was canceled.
func TestNoOutputAfterCancel(t *testing.T) {
	t.Parallel()
	w := quick()
	w.Stdout = &syncBuffer{}
	p := begin(t, quietSystem(t), "w", w)
	var out slowWriter
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err := act.On(p).Call(procactor.WithOutput(ctx, &out, nil), deed{Do: "say", Text: "for ever;out more"})
	out.closed.Store(true)
	require.Error(t, err)
	_, err = act.On(p).Call(t.Context(), deed{Do: "nap"})
	if err != nil { // the child that reads no signal had to be killed with its worker
		_, died := errors.AsType[*procactor.ExitError](err)
		assert.True(t, died || errors.Is(err, actor.ErrNoActor), "%v", err)
	}
	assert.False(t, out.late.Load())
}

func TestOutputBetweenCallsIsTheWorkers(t *testing.T) {
	t.Parallel()
	rest := &syncBuffer{}
	w := quick()
	w.Stdout = rest
	p := begin(t, quietSystem(t), "w", w)
	var out bytes.Buffer
	ctx := procactor.WithOutput(t.Context(), &out, nil)
	_, err := act.On(p).Call(ctx, deed{Do: "print", Text: "now\n"})
	require.NoError(t, err)
	_, err = act.On(p).Call(ctx, deed{Do: "say", Text: "pause;out later", N: 1})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return rest.String() == "later\n" }, hangGuard, time.Millisecond)
	_, err = act.On(p).Call(ctx, deed{Do: "print", Text: "again"})
	require.NoError(t, err)
	assert.Equal(t, "now\nagain", out.String())
	assert.Equal(t, "later\n", rest.String())
}

// Guarantee(output): The last words of a dying worker reach the call's writers before the call fails, and are in its ExitError.
func TestLastWords(t *testing.T) {
	t.Parallel()
	for name, sig := range lastWords {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := begin(t, quietSystem(t), "w", quick())
			var out, errOut slowWriter
			_, err := act.On(p).Call(procactor.WithOutput(t.Context(), &out, &errOut), deed{Do: "last words", Text: "adieu", N: int(sig)})
			exit, ok := errors.AsType[*procactor.ExitError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, "out: adieu", out.String())
			assert.True(t, strings.HasPrefix(errOut.String(), "err: adieu"), "%s", errOut.String())
			assert.True(t, bytes.HasPrefix(exit.Stderr, []byte("err: adieu")), "%s", exit.Stderr)
			assert.False(t, exit.Killed, "we did not")
		})
	}
}

func TestPanicOfAWorkerIsInItsError(t *testing.T) {
	t.Parallel()
	_, err := act.On(begin(t, quietSystem(t), "w", quick())).Call(t.Context(), deed{Do: "nil"})
	p, ok := errors.AsType[*actor.PanicError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "runtime error: invalid memory address or nil pointer dereference", p.Value)
	assert.Contains(t, string(p.Stack), "tasks_b_test.go")
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestOutputGoesToTheLog(t *testing.T) {
	t.Parallel()
	log := &syncBuffer{}
	sys := quietSystem(t, actor.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	p := begin(t, sys, "talker", quick())
	s, err := act.On(p).Call(t.Context(), deed{Do: "pid"})
	require.NoError(t, err)
	_, err = act.On(p).Call(t.Context(), deed{Do: "print", Text: "hello log\n"})
	require.NoError(t, err)
	has := func(parts ...string) bool {
		for line := range strings.Lines(log.String()) {
			all := true
			for _, part := range parts {
				all = all && strings.Contains(line, part)
			}
			if all {
				return true
			}
		}
		return false
	}
	require.Eventually(t, func() bool {
		return has(`msg="hello log"`, "worker=talker", "process="+s, "stream=stdout") && has(`msg="HELLO LOG"`, "stream=stderr")
	}, hangGuard, time.Millisecond, "%s", log)
}

// What several calls print at once in one worker belongs to none of them.
func TestOutputOfConcurrentTasksIsRefused(t *testing.T) {
	p := start(t, procactor.Self())
	ctx := procactor.WithOutput(t.Context(), nil, io.Discard)
	ref := puppets.On(p)
	refuses := func(err error) {
		t.Helper()
		failed(t, err, actor.NotSent)
		var mixed *procactor.OutputError
		require.ErrorAs(t, err, &mixed)
		assert.Equal(t, procactor.OutputError{Task: "puppets", Concurrent: 8}, *mixed)
		require.ErrorIs(t, err, actor.ErrRefused)
		assert.False(t, actor.MayRetry(err))
	}
	_, err := ref.Call(ctx, strand{})
	refuses(err)
	for _, err := range ref.Stream(ctx, strand{}) {
		refuses(err)
	}
	for _, err := range procactor.Map(ctx, ref, slices.Values([]strand{{}})) {
		refuses(err)
	}
	err = ref.Cast(ctx, strand{})
	refuses(err)
	_, err = square.On(p).Call(ctx, 3)
	require.NoError(t, err, "one at a time")
	s := newStage(t)
	got := call(procactor.WithOutput(ctx, nil, nil), ref, s.part("asks for nothing"))
	s.next(t).do("return")
	require.NoError(t, wait(t, "the call", got).err)
}
