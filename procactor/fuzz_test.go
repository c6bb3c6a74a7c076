package procactor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

func FuzzReadBootstrap(f *testing.F) {
	f.Fuzz(func(t *testing.T, version, channels, depth string) {
		b, isWorker, err := readBootstrap(func(name string) (string, bool) {
			v := map[string]string{wire.EnvVersion: version, channelsVariable: channels, wire.EnvDepth: depth}[name]
			return v, v != ""
		})
		if isWorker != (version != "") || !isWorker && err != nil || b.depth < 0 || b.depth > 1<<16 {
			t.Fatalf("%+v, worker %t, %v", b, isWorker, err)
		}
		if isWorker && err == nil && b.channels.Crash == b.channels.Replies {
			t.Fatalf("%+v shares its crash channel", b)
		}
	})
}

// FuzzWorker has a worker read anything from a parent.
func FuzzWorker(f *testing.F) {
	double := NewTask("double", func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	count := NewStreamTask("count", func(_ context.Context, n int, emit func(int) error) error {
		for i := range min(max(n, 0), 100) {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
	hello, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	if err != nil {
		f.Fatal(err)
	}
	start := wire.AppendFrame(nil, wire.KindHello, 0, 0, hello)
	f.Fuzz(func(t *testing.T, greets bool, b []byte) {
		if greets {
			b = append(bytes.Clone(start), b...)
		}
		var out bytes.Buffer
		s := newServer(newCatalog([]MainOption{double, count}), bytes.NewReader(b), &out, nil)
		code := s.serve()
		s.AwaitWritten()
		if code != exitServed && code != exitOrphaned && code != osproc.ExitNotServed {
			t.Fatalf("status %d", code)
		}
		for r := wire.NewReader(&out, 0); ; {
			frame, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || !frame.Kind.FromWorker() {
				t.Fatalf("it wrote %v, %v", frame.Header, err)
			}
		}
	})
}
