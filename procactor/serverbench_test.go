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
	frame []byte
	id    uint64
	left  int
}

func (r *requests) Read(p []byte) (int, error) {
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
	in := &requests{frame: frame, left: b.N}
	s := newServer(newCatalog([]MainOption{echo}), in, io.Discard, nil)
	s.asm = wire.NewAssembler(0, 0)
	b.ReportAllocs()
	b.ResetTimer()
	s.read()
	<-s.ended // another goroutine may have taken the reading over
	if got := s.finished.Load(); got != uint64(b.N) {
		b.Fatalf("%d of %d calls were answered", got, b.N)
	}
}
