//go:build unix

package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// villain is a worker that speaks bytes, not the protocol.
type villain struct {
	in  *wire.Reader
	out *os.File
}

// pidsVariable names the file into which a villain writes its pid and that of
// a child of its own.
const pidsVariable = "PROCTOR_TEST_PIDS"

// alive keeps the villain of this process from being collected.
var alive atomic.Pointer[villain]

func playHostile(trick string) {
	syscall.CloseOnExec(3)
	syscall.CloseOnExec(4)
	child := exec.Command("sleep", "1000")
	if err := child.Start(); err != nil {
		os.Exit(1)
	}
	pids := fmt.Sprintf("%d %d", os.Getpid(), child.Process.Pid)
	if err := os.WriteFile(os.Getenv(pidsVariable), []byte(pids), 0o600); err != nil {
		os.Exit(1)
	}
	v := &villain{in: wire.NewReader(os.NewFile(3, "requests"), wire.MaxHello), out: os.NewFile(4, "replies")}
	// A file that the collector finds unused is closed, which is another trick.
	alive.Store(v)
	if act, ok := tricks()[trick]; ok {
		act(v)
	}
	select {} // it ends for no good word
}

func (v *villain) send(h wire.Header, payload ...byte) {
	b := make([]byte, wire.HeaderSize, wire.HeaderSize+len(payload))
	if h.Length == 0 {
		h.Length = uint32(len(payload))
	}
	wire.PutHeader(b, h)
	if _, err := v.out.Write(append(b, payload...)); err != nil {
		select {}
	}
}

func (v *villain) hello(change func(*wire.Hello)) {
	h := wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits(), Tasks: []wire.TaskInfo{
		{Name: "echo", Concurrent: 1, Input: "cbor", Output: "cbor"},
		{Name: "steps", Concurrent: 1, Stream: true, Input: "cbor", Output: "cbor"},
	}}
	if change != nil {
		change(&h)
	}
	payload, err := wire.AppendHello(nil, h)
	if err != nil {
		os.Exit(1)
	}
	v.send(wire.Header{Kind: wire.KindHello}, payload...)
}

// serve does what is right until the first request, whose id it returns.
func (v *villain) serve() uint64 {
	v.hello(nil)
	v.send(wire.Header{Kind: wire.KindReady})
	return v.await(wire.KindRequest).ID
}

func (v *villain) await(k wire.Kind) wire.Header {
	for {
		f, err := v.in.Next()
		if err != nil {
			select {}
		}
		if f.Kind == k {
			return f.Header
		}
	}
}

// reply answers well.
func (v *villain) reply(id uint64) {
	v.send(wire.Header{Kind: wire.KindReply, ID: id}, wire.AppendReplyHead(nil, wire.Measures{})...)
}

// tricks are what a villain can do, by name.
func tricks() map[string]func(*villain) {
	return map[string]func(*villain){
		"ready first":   func(v *villain) { v.send(wire.Header{Kind: wire.KindReady}) },
		"second hello":  func(v *villain) { v.hello(nil); v.hello(nil) },
		"hello only":    func(v *villain) { v.hello(nil) },
		"silent":        func(*villain) {},
		"gone at once":  func(*villain) { os.Exit(0) },
		"not a frame":   func(v *villain) { _, _ = v.out.WriteString("Listening on port 8080, all is well\n") },
		"refuse":        func(v *villain) { v.send(wire.Header{Kind: wire.KindRefuse}, []byte("no thanks")...) },
		"reply first":   func(v *villain) { v.hello(nil); v.reply(1) },
		"other version": func(v *villain) { v.hello(func(h *wire.Hello) { h.Version.Major++ }) },
		"later minor": func(v *villain) {
			v.hello(func(h *wire.Hello) { h.Version.Minor += 7 })
			v.send(wire.Header{Kind: wire.KindReady})
			id := v.await(wire.KindRequest).ID
			v.send(wire.Header{Kind: 0xF0}, 1, 2, 3)
			v.send(wire.Header{Kind: wire.KindLog, ID: id}, 1, 2, 3)
			v.send(wire.Header{Kind: wire.KindStarted, ID: id})
			v.send(wire.Header{Kind: wire.KindReply, ID: id}, append(wire.AppendReplyHead(nil, wire.Measures{}), 0x42, 'o', 'k')...)
		},
		"gigantic hello": func(v *villain) { v.send(wire.Header{Kind: wire.KindHello, Length: 1 << 30}) },
		"boot error": func(v *villain) {
			v.hello(nil)
			v.send(wire.Header{Kind: wire.KindBootError}, []byte("not today")...)
		},

		"unknown id":      func(v *villain) { v.reply(v.serve() + 1000) },
		"double reply":    func(v *villain) { id := v.serve(); v.badReply(id); v.badReply(id) },
		"gigantic length": func(v *villain) { v.send(wire.Header{Kind: wire.KindReply, ID: v.serve(), Length: 0xFFFFFFF0}) },
		"unknown kind":    func(v *villain) { v.serve(); v.send(wire.Header{Kind: 0x7A}) },
		"late hello":      func(v *villain) { v.serve(); v.hello(nil) },
		"late refuse":     func(v *villain) { v.serve(); v.send(wire.Header{Kind: wire.KindRefuse}, []byte("enough")...) },
		"pongs": func(v *villain) {
			v.serve()
			for {
				v.send(wire.Header{Kind: wire.KindPong}, wire.AppendPong(nil, wire.Pong{Token: 1})...)
			}
		},
		"a request":   func(v *villain) { v.send(wire.Header{Kind: wire.KindRequest, ID: v.serve()}, 0) },
		"an item":     func(v *villain) { v.send(wire.Header{Kind: wire.KindItem, ID: v.serve()}, 0) },
		"stray chunk": func(v *villain) { v.send(wire.Header{Kind: wire.KindChunk, ID: v.serve()}, 0) },
		"empty chunks": func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id})
			}
		},
		"strange chunks": func(v *villain) { // fills memory for calls that nobody made
			id := v.serve() + 1
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id}, make([]byte, 1<<16)...)
			}
		},
		"endless chunks": func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id}, make([]byte, 1<<16)...)
			}
		},
		"too long once": func(v *villain) {
			id := v.serve()
			v.send(wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: id}, 0)
			for range 40 {
				v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id}, make([]byte, 1<<16)...)
			}
			v.send(wire.Header{Kind: wire.KindChunk, ID: id}, 0)
			for {
				v.badReply(v.await(wire.KindRequest).ID)
			}
		},
		"bad reply": func(v *villain) { v.send(wire.Header{Kind: wire.KindReply, ID: v.serve()}, 0xFF, 0xFF) },
		"half a frame": func(v *villain) {
			v.send(wire.Header{Kind: wire.KindReply, ID: v.serve(), Length: 100}, 1, 2)
			_ = v.out.Close()
		},
		"closes":        func(v *villain) { v.serve(); _ = v.out.Close() },
		"exits":         func(v *villain) { v.serve(); os.Exit(0) },
		"exits started": func(v *villain) { v.send(wire.Header{Kind: wire.KindStarted, ID: v.serve()}); os.Exit(0) },
		"never answers": func(v *villain) { v.serve() },
		"never reads":   func(v *villain) { v.hello(nil); v.send(wire.Header{Kind: wire.KindReady}) },
		"beyond credit": func(v *villain) {
			id := v.serve()
			for {
				v.send(wire.Header{Kind: wire.KindItem, ID: id}, append([]byte{0x79, 0x80, 0x00}, make([]byte, 0x8000)...)...)
			}
		},
	}
}

// badReply is a reply of the right form.
func (v *villain) badReply(id uint64) {
	v.send(wire.Header{Kind: wire.KindReply, ID: id}, append(wire.AppendReplyHead(nil, wire.Measures{}), 0x40)...)
}

// hostile starts a villain and returns what to look at.
func hostile(t *testing.T, trick string) (w procactor.Worker, requireDead func()) {
	t.Helper()
	require.Contains(t, tricks(), trick)
	file := filepath.Join(t.TempDir(), "pids")
	w = as("hostile:" + trick)
	w.Env = append(w.Env, pidsVariable+"="+file)
	w.Grace = 100 * time.Millisecond
	w.StartTimeout = hangGuard
	w.MaxBody = 1 << 20
	return w, func() {
		t.Helper()
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, f := range strings.Fields(string(b)) {
			pid, err := strconv.Atoi(f)
			require.NoError(t, err)
			requireGone(t, pid)
		}
	}
}

func isProtocolError(err error) bool {
	_, ok := errors.AsType[*actor.ProtocolError](err)
	return ok
}

func isHandshakeError(err error) bool {
	_, ok := errors.AsType[*procactor.HandshakeError](err)
	return ok
}

func isExitError(err error) bool {
	_, ok := errors.AsType[*procactor.ExitError](err)
	return ok
}

// Guarantee: A worker that speaks nonsense instead of the handshake is a typed error, and is killed with all it started.
func TestHostileStart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		trick string
		is    func(error) bool
		says  string
	}{
		{"ready first", isProtocolError, "READY"},
		{"second hello", isProtocolError, "HELLO"},
		{"not a frame", isHandshakeError, ""},
		{"refuse", isHandshakeError, "no thanks"},
		{"reply first", isHandshakeError, "REPLY"},
		{"other version", isHandshakeError, "2.0"},
		{"gigantic hello", isHandshakeError, "frame"},
		{"gone at once", isHandshakeError, "procactor.Main"},
		{"boot error", func(err error) bool {
			setup, ok := errors.AsType[*procactor.SetupError](err)
			return ok && setup.Message == "not today"
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.trick, func(t *testing.T) {
			t.Parallel()
			sys := quietSystem(t)
			w, requireDead := hostile(t, tt.trick)
			_, err := procactor.Start(t.Context(), sys, "w", w)
			requireDead()
			_, typed := errors.AsType[*actor.StartError](err)
			assert.True(t, typed, "%v", err)
			assert.True(t, tt.is(err), "%v", err)
			assert.ErrorContains(t, err, tt.says)
		})
	}
}

func TestHostileStartTimeout(t *testing.T) {
	t.Parallel()
	for _, trick := range []string{"silent", "hello only"} {
		t.Run(trick, func(t *testing.T) {
			t.Parallel()
			sys := quietSystem(t)
			w, requireDead := hostile(t, trick)
			w.StartTimeout = time.Second
			_, err := procactor.Start(t.Context(), sys, "w", w)
			require.ErrorIs(t, err, procactor.ErrStartTimeout)
			requireDead()

			w, requireDead = hostile(t, trick)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err = procactor.Start(ctx, sys, "w", w)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			requireDead()
		})
	}
}

// Guarantee: A worker that breaks the protocol in a call fails that call with a typed error and is killed with all it started; other workers do not notice.
func TestHostileCall(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	good := begin(t, sys, "good", quick())
	tests := []struct {
		trick    string
		is       func(error) bool
		says     string
		delivery actor.Delivery
	}{
		{"unknown id", isProtocolError, "not under way", actor.Unknown},
		{"gigantic length", isProtocolError, "frame", actor.Unknown},
		{"unknown kind", isProtocolError, "0x7a", actor.Unknown},
		{"late hello", isProtocolError, "HELLO", actor.Unknown},
		{"late refuse", isProtocolError, "enough", actor.Unknown},
		{"pongs", isProtocolError, "PONG", actor.Unknown},
		{"a request", isProtocolError, "REQUEST", actor.Unknown},
		{"an item", isProtocolError, "ITEM", actor.Unknown},
		{"stray chunk", isProtocolError, "", actor.Unknown},
		{"empty chunks", isProtocolError, "", actor.Unknown},
		{"strange chunks", isProtocolError, "not under way", actor.Unknown},
		{"half a frame", isExitError, "", actor.Unknown},
		{"closes", isExitError, "", actor.Unknown},
		{"exits", isExitError, "status 0", actor.Unknown},
		{"exits started", isExitError, "status 0", actor.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.trick, func(t *testing.T) {
			t.Parallel()
			sys := quietSystem(t)
			w, requireDead := hostile(t, tt.trick)
			p := begin(t, sys, "w", w)
			ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
			defer cancel()
			_, err := echo.On(p).Call(ctx, []byte("x"))
			requireDead()
			assert.True(t, tt.is(err), "%v", err)
			assert.ErrorContains(t, err, tt.says)
			call, ok := errors.AsType[*actor.CallError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tt.delivery, call.Delivery)

			v, err := square.On(good).Call(t.Context(), 7)
			require.NoError(t, err)
			assert.Equal(t, 49, v)
		})
	}
}

// A parent that knows less takes no harm from a worker that knows more.
func TestLaterMinorIsUnderstood(t *testing.T) {
	t.Parallel()
	w, _ := hostile(t, "later minor")
	out, err := echo.On(begin(t, quietSystem(t), "w", w)).Call(t.Context(), []byte("x"))
	require.NoError(t, err)
	assert.Equal(t, "ok", string(out))
}

func TestReplyAboveTheLimit(t *testing.T) {
	t.Parallel()
	w, requireDead := hostile(t, "endless chunks")
	sys := quietSystem(t)
	p := begin(t, sys, "w", w)
	_, err := echo.On(p).Call(t.Context(), []byte("x"))
	limit, ok := errors.AsType[*wire.LimitError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, wire.BoundBody, limit.What)
	assert.Equal(t, uint64(1<<20), limit.Limit)
	require.NoError(t, p.Stop(t.Context()))
	requireDead()
}

func TestReplyAboveTheLimitEndsItsCallOnly(t *testing.T) {
	t.Parallel()
	w, _ := hostile(t, "too long once")
	p := begin(t, quietSystem(t), "w", w)
	_, err := echo.On(p).Call(t.Context(), []byte("x"))
	_, ok := errors.AsType[*wire.LimitError](err)
	require.True(t, ok, "%v", err)
	for range 3 {
		_, err = echo.On(p).Call(t.Context(), []byte("x"))
		require.NoError(t, err)
	}
}

func TestReplyThatDoesNotParse(t *testing.T) {
	t.Parallel()
	w, requireDead := hostile(t, "bad reply")
	_, err := echo.On(begin(t, quietSystem(t), "w", w)).Call(t.Context(), []byte("x"))
	assert.True(t, isProtocolError(err), "%v", err)
	requireDead()
}

func TestSecondReply(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	w, requireDead := hostile(t, "double reply")
	w.Silence = time.Second // has somebody read what came unasked
	p := begin(t, sys, "w", w)
	down := echo.On(p).Watch(t.Context())
	_, err := echo.On(p).Call(t.Context(), []byte("x"))
	require.NoError(t, err)
	d := <-down
	requireDead()
	assert.True(t, isProtocolError(d.Reason), "%v", d.Reason)
}

func TestStreamBeyondItsCredit(t *testing.T) {
	t.Parallel()
	w, requireDead := hostile(t, "beyond credit")
	p := begin(t, quietSystem(t), "w", w)
	hold := make(chan struct{})
	time.AfterFunc(100*time.Millisecond, func() { close(hold) }) // a slow consumer
	var last error
	for _, err := range steps.On(p).Stream(t.Context(), deed{}) {
		<-hold
		last = err
	}
	requireDead()
	require.Error(t, last)
	assert.True(t, isProtocolError(last), "%v", last)
}

// Guarantee: A worker that reads nothing, or never answers, cannot keep its caller beyond the caller's deadline.
func TestHostileSilence(t *testing.T) {
	t.Parallel()
	for _, trick := range []string{"never answers", "never reads"} {
		for _, size := range []int{1, 1 << 20} {
			t.Run(fmt.Sprint(trick, size), func(t *testing.T) {
				t.Parallel()
				sys := quietSystem(t)
				w, requireDead := hostile(t, trick)
				w.MaxBody = 4 << 20
				p := begin(t, sys, "w", w)
				down := echo.On(p).Watch(t.Context())
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				_, err := echo.On(p).Call(ctx, make([]byte, size))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				d := <-down
				require.ErrorIs(t, d.Reason, procactor.ErrOverdue)
				requireDead()
			})
		}
	}
}

func TestSilentWorkerIsKilled(t *testing.T) {
	t.Parallel()
	w, requireDead := hostile(t, "never answers")
	w.Silence = 300 * time.Millisecond
	_, err := echo.On(begin(t, quietSystem(t), "w", w)).Call(t.Context(), nil)
	require.ErrorIs(t, err, procactor.ErrSilent)
	requireDead()
	exit, ok := errors.AsType[*procactor.ExitError](err)
	require.True(t, ok)
	assert.True(t, exit.Killed)
}
