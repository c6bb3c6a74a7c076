package procactor

import (
	"context"
	"encoding/binary"
	"io"
	"testing"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// requests is a parent that sends the same request again and again.
type requests struct {
	first []byte
	frame []byte
	id    uint64
	left  int
}

func (r *requests) Read(p []byte) (int, error) {
	if hello := r.first; hello != nil {
		r.first = nil
		return copy(p, hello), nil
	}
	if r.left == 0 {
		return 0, io.EOF
	}
	r.left--
	r.id++
	binary.LittleEndian.PutUint64(r.frame[8:], r.id)
	return copy(p, r.frame), nil
}

// BenchmarkServer measures what a worker adds to its task, without the pipe.
func BenchmarkServer(b *testing.B) {
	echo := NewTask("echo", func(_ context.Context, in []byte) ([]byte, error) { return in, nil }).WithCodec(codec.Raw(), codec.Raw())
	payload, err := wire.AppendRequestHead(nil, "echo", wire.Meta{Attempt: 1})
	if err != nil {
		b.Fatal(err)
	}
	frame := wire.AppendFrame(nil, wire.KindRequest, 0, 1, payload, make([]byte, 128))
	hello, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	if err != nil {
		b.Fatal(err)
	}
	in := &requests{first: wire.AppendFrame(nil, wire.KindHello, 0, 0, hello), frame: frame, left: b.N}
	s := newServer(newCatalog([]MainOption{echo}), in, io.Discard, nil)
	b.ReportAllocs()
	b.ResetTimer()
	if code := s.serve(); code != exitOrphaned || in.left > 0 {
		b.Fatalf("status %d, %d of %d calls were not made", code, in.left, b.N)
	}
}
