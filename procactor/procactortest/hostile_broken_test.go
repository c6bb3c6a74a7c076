package procactortest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fault is a way to be a broken parent, and the trick that must find it.
type fault struct {
	fixture procactortest.HostileFixture
	trick   string
}

func faults() map[string]fault {
	through := func(channel func(io.ReadWriteCloser) io.ReadWriteCloser) func() procactor.Worker {
		return func() procactor.Worker {
			w := procactor.Program(os.Args[0])
			w.Channel = channel
			return w
		}
	}
	all := map[string]fault{
		"hides what is wrong": {procactortest.HostileFixture{Worker: through(func(rw io.ReadWriteCloser) io.ReadWriteCloser {
			return &rewriter{ReadWriteCloser: rw, rewrite: func(wire.Header) (uint64, bool) { return 0, false }}
		})}, "unknown id"},
		"takes any answer": {procactortest.HostileFixture{Worker: through(func(rw io.ReadWriteCloser) io.ReadWriteCloser {
			return &rewriter{ReadWriteCloser: rw, rewrite: func(h wire.Header) (uint64, bool) { return h.ID - 1000, true }}
		})}, "unknown id"},
		"keeps what it reads": {procactortest.HostileFixture{Bounds: true, Worker: through(func(rw io.ReadWriteCloser) io.ReadWriteCloser {
			return &hoarder{ReadWriteCloser: rw}
		})}, "large skipped without end"},
		"has no types": {procactortest.HostileFixture{
			Start: func(ctx context.Context, sys *actor.System, name string, w procactor.Worker) (procactor.Host, error) {
				p, err := procactor.Start(ctx, sys, name, w)
				if err != nil {
					err = errors.New(err.Error())
				}
				return p, err
			},
		}, "refuse"},
		"none": {procactortest.HostileFixture{Bounds: true}, ""},
	}
	maps.Copy(all, faultsOfSystem())
	return all
}

// rewriter changes the id of each frame for a call that nobody made, or has it
// vanish.
type rewriter struct {
	io.ReadWriteCloser
	rewrite func(wire.Header) (id uint64, keep bool)
	frames  *wire.Reader
	left    []byte
}

func (r *rewriter) Read(p []byte) (int, error) {
	if r.frames == nil {
		r.frames = wire.NewReader(r.ReadWriteCloser, 0)
	}
	for len(r.left) == 0 {
		f, err := r.frames.Next()
		if err != nil {
			return 0, err
		}
		b := wire.AppendFrame(nil, f.Kind, f.Flags, f.ID, f.Payload)
		if f.ID > 1000 {
			id, keep := r.rewrite(f.Header)
			if !keep {
				continue
			}
			binary.LittleEndian.PutUint64(b[8:], id)
		}
		r.left = b
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// hoarder keeps some copies of what it reads until it is closed.
type hoarder struct {
	io.ReadWriteCloser
	mu   sync.Mutex
	kept [][]byte
}

func (h *hoarder) Read(p []byte) (int, error) {
	n, err := h.ReadWriteCloser.Read(p)
	h.mu.Lock()
	defer h.mu.Unlock()
	for range 8 {
		h.kept = append(h.kept, append([]byte(nil), p[:n]...))
	}
	return n, err
}

func (h *hoarder) Close() error {
	h.mu.Lock()
	h.kept = nil
	h.mu.Unlock()
	return h.ReadWriteCloser.Close()
}

// faultVariable names the fault that a child process is to run the kit on.
const faultVariable = "PROCACTORTEST_FAULT"

// TestBroken is run by TestKitFindsBrokenParents in a process of its own, where
// it may fail.
func TestBroken(t *testing.T) {
	f, ok := faults()[os.Getenv(faultVariable)]
	if !ok {
		return
	}
	f.fixture.Patience = 5 * time.Second
	f.fixture.Lacks = make(map[string]string)
	for name := range procactortest.HostileTricks() {
		if name != f.trick && (f.trick != "" || name != "unknown id" && name != "refuse") {
			f.fixture.Lacks[name] = "not looked at"
		}
	}
	procactortest.RunHostile(t, f.fixture)
}

func TestKitFindsBrokenParents(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$", "-test.timeout=120s")
			cmd.Env = append(os.Environ(), faultVariable+"="+name)
			out, err := cmd.CombinedOutput()
			if f.trick == "" {
				require.NoError(t, err, "%s", out)
				return
			}
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the kit found nothing: %s", out)
			assert.Contains(t, string(out), "--- FAIL: TestBroken/")
			assert.NotContains(t, string(out), "panic: ")
		})
	}
}
