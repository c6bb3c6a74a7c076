//go:build unix

package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder keeps all that passes.
type recorder struct {
	io.ReadWriteCloser
	mu               sync.Mutex
	received, sentTo bytes.Buffer
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.ReadWriteCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.received.Write(p[:n])
	return n, err
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	r.sentTo.Write(p)
	r.mu.Unlock()
	return r.ReadWriteCloser.Write(p)
}

// cutter ends one direction after so many bytes.
type cutter struct {
	io.ReadWriteCloser
	reads, writes int // bytes left; negative: never cut
}

func (c *cutter) Read(p []byte) (int, error) {
	if c.reads < 0 {
		return c.ReadWriteCloser.Read(p)
	}
	if c.reads == 0 {
		return 0, io.EOF
	}
	n, err := c.ReadWriteCloser.Read(p[:min(len(p), c.reads)])
	c.reads -= n
	return n, err
}

func (c *cutter) Write(p []byte) (int, error) {
	if c.writes < 0 || len(p) <= c.writes {
		c.writes -= min(len(p), max(c.writes, 0))
		return c.ReadWriteCloser.Write(p)
	}
	n, err := c.ReadWriteCloser.Write(p[:c.writes])
	c.writes = 0
	return n, errors.Join(err, io.ErrClosedPipe)
}

// staller lets nothing through after so many bytes, until it is closed.
type staller struct {
	io.ReadWriteCloser
	reads  int
	closed chan struct{}
	once   sync.Once
}

func (s *staller) Read(p []byte) (int, error) {
	if s.reads == 0 {
		<-s.closed
		return 0, os.ErrClosed
	}
	n, err := s.ReadWriteCloser.Read(p[:min(len(p), s.reads)])
	s.reads -= n
	return n, err
}

func (s *staller) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.ReadWriteCloser.Close()
}

// record runs the session that the cuts are made in, whole.
func record(t *testing.T) (received, sent []byte) {
	t.Helper()
	w := quick()
	var r *recorder
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		r = &recorder{ReadWriteCloser: rw}
		return r
	}
	sys := actor.NewSystem()
	calls := session(t, sys, w)
	for _, c := range calls {
		require.NoError(t, c.err)
		require.True(t, c.ran)
	}
	require.NoError(t, sys.Close(t.Context()))
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.received.Bytes(), r.sentTo.Bytes()
}

// lived is how a call of the session ended, and whether it ran.
type lived struct {
	err error
	ran bool
}

// session starts a worker and makes two calls, of which the second is long.
func session(t *testing.T, sys *actor.System, w procactor.Worker) []lived {
	t.Helper()
	p, err := procactor.Start(t.Context(), sys, "w", w)
	if err != nil {
		_, typed := errors.AsType[*actor.StartError](err)
		assert.True(t, typed, "%v", err)
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
	defer cancel()
	var calls []lived
	for i := range 2 {
		file := filepath.Join(t.TempDir(), "mark")
		_, err := act.On(p).Call(ctx, deed{Do: "mark", Text: file, N: i})
		assert.NotErrorIs(t, err, context.DeadlineExceeded)
		_, statErr := os.Stat(file)
		calls = append(calls, lived{err: err, ran: statErr == nil})
	}
	return calls
}

// Guarantee: One io.ReadWriteCloser carries all frames of a worker, so a test can record, cut or stall them.
func TestChannelRecords(t *testing.T) {
	t.Parallel()
	received, sent := record(t)
	kinds := func(b []byte) (kinds []wire.Kind) {
		for r := wire.NewReader(bytes.NewReader(b), 0); ; {
			f, err := r.Next()
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				return kinds
			}
			kinds = append(kinds, f.Kind)
		}
	}
	answers := slices.DeleteFunc(kinds(received), func(k wire.Kind) bool { return k == wire.KindStarted }) // a short call may do without
	assert.Equal(t, []wire.Kind{wire.KindHello, wire.KindReady, wire.KindReply, wire.KindReply}, answers)
	assert.Equal(t, []wire.Kind{wire.KindHello, wire.KindRequest, wire.KindRequest, wire.KindStop}, kinds(sent))
}

// Guarantee: A link cut at any byte, in either direction, ends every call exactly once with a typed error, and never claims of a call that ran that it did not.
func TestChannelCutAnywhere(t *testing.T) {
	t.Parallel()
	received, sent := record(t)
	cut := func(t *testing.T, reads, writes int) {
		t.Helper()
		t.Parallel()
		w := quick()
		w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
			return &cutter{ReadWriteCloser: rw, reads: reads, writes: writes}
		}
		for _, c := range session(t, quietSystem(t), w) {
			if c.err == nil {
				assert.True(t, c.ran)
				continue
			}
			call, ok := errors.AsType[*actor.CallError](c.err)
			require.True(t, ok, "%v", c.err)
			if c.ran {
				assert.Contains(t, []actor.Delivery{actor.Unknown, actor.Done}, call.Delivery, "%v", c.err)
			}
			assert.True(t, isExitError(c.err) || isProtocolError(c.err) || errors.Is(c.err, actor.ErrNoActor), "%v", c.err)
		}
	}
	// Some of the handshake, which is long, and many of the two calls, which end it.
	for i := range 6 {
		t.Run(fmt.Sprintf("from the worker, start %d", i), func(t *testing.T) { cut(t, len(received)*i/6, -1) })
		t.Run(fmt.Sprintf("to the worker, start %d", i), func(t *testing.T) { cut(t, -1, len(sent)*i/6) })
	}
	for i := range 10 {
		t.Run(fmt.Sprintf("from the worker, call %d", i), func(t *testing.T) { cut(t, len(received)-1-i*11, -1) })
		t.Run(fmt.Sprintf("to the worker, call %d", i), func(t *testing.T) { cut(t, -1, len(sent)-17-i*17) })
	}
}

// Guarantee: A link that stalls cannot keep a caller beyond its deadline, and its worker counts as silent.
func TestChannelStalls(t *testing.T) {
	t.Parallel()
	received, _ := record(t)
	const aReply = 20
	w := quick()
	w.Silence = 300 * time.Millisecond
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		return &staller{ReadWriteCloser: rw, reads: len(received) - aReply, closed: make(chan struct{})}
	}
	p := begin(t, quietSystem(t), "w", w)
	down := act.On(p).Watch(t.Context())
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := act.On(p).Call(ctx, deed{Do: "nap"})
		cancel()
		if err != nil {
			require.True(t, errors.Is(err, context.DeadlineExceeded) || isExitError(err) || errors.Is(err, actor.ErrNoActor), "%v", err)
			break
		}
	}
	d := <-down
	assert.True(t, errors.Is(d.Reason, procactor.ErrSilent) || errors.Is(d.Reason, procactor.ErrOverdue), "%v", d.Reason)
}

// A worker that stalls during its start is bounded by the start's own limit.
func TestChannelStallsAtTheStart(t *testing.T) {
	t.Parallel()
	w := quick()
	w.StartTimeout = 500 * time.Millisecond
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		return &staller{ReadWriteCloser: rw, closed: make(chan struct{})}
	}
	_, err := procactor.Start(t.Context(), quietSystem(t), "w", w)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
}
