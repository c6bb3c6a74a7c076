package wire_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// endless repeats the same bytes.
type endless struct {
	b  []byte
	at int
}

func (e *endless) Read(dst []byte) (int, error) {
	n := 0
	for n < len(dst) {
		c := copy(dst[n:], e.b[e.at:])
		n += c
		e.at = (e.at + c) % len(e.b)
	}
	return n, nil
}

// call is a small request as the hot path writes it.
func call(dst []byte, id uint64, body []byte) ([]byte, error) {
	start := len(dst)
	dst = wire.BeginFrame(dst, wire.KindRequest, id)
	dst, err := wire.AppendRequestHead(dst, "square", wire.Meta{Attempt: 1, Remaining: 5 * time.Second})
	if err != nil {
		return dst, err
	}
	return wire.EndMessage(append(dst, body...), start, wire.Limits{})
}

func answer(dst []byte, id uint64, body []byte) ([]byte, error) {
	start := len(dst)
	dst = wire.BeginFrame(dst, wire.KindReply, id)
	dst = wire.AppendReplyHead(dst, wire.Measures{Queue: 3 * time.Microsecond, Run: 40 * time.Microsecond})
	return wire.EndMessage(append(dst, body...), start, wire.Limits{})
}

func TestTheHotPathDoesNotAllocate(t *testing.T) {
	tasks := map[string]int{"square": 1}
	body, buf := make([]byte, 32), make([]byte, 0, 1<<10)
	a := wire.NewAssembler(0, 0)
	var stream []byte
	stream, err := call(stream, 1, body)
	require.NoError(t, err)
	stream, err = answer(stream, 1, body)
	require.NoError(t, err)
	r := wire.NewReader(&endless{b: stream}, 0)
	for range 10000 { // until the buffer has its usual size
		_, err := r.Next()
		require.NoError(t, err)
	}
	steps := map[string]func() error{
		"write a request": func() error { _, err := call(buf[:0], 1, body); return err },
		"write a reply":   func() error { _, err := answer(buf[:0], 1, body); return err },
		"read and parse": func() error {
			f, err := r.Next()
			if err != nil {
				return err
			}
			f, ok, err := a.Add(f)
			if err != nil || !ok {
				return io.ErrUnexpectedEOF
			}
			if f.Kind == wire.KindReply {
				_, err = wire.ParseReply(f.Payload)
				return err
			}
			req, err := wire.ParseRequest(f.Payload)
			if err != nil || tasks[string(req.Task)] != 1 || req.Remaining != 5*time.Second {
				return io.ErrUnexpectedEOF
			}
			return nil
		},
	}
	for name, step := range steps {
		var failed error
		n := testing.AllocsPerRun(1000, func() {
			if err := step(); err != nil {
				failed = err
			}
		})
		require.NoError(t, failed, name)
		assert.Zero(t, n, name)
	}
}

func BenchmarkWriteRequest(b *testing.B) {
	body, buf := make([]byte, 32), make([]byte, 0, 1<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := call(buf[:0], 1, body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadRequest(b *testing.B) {
	stream, err := call(nil, 1, make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	r := wire.NewReader(&endless{b: stream}, 0)
	b.ReportAllocs()
	for b.Loop() {
		f, err := r.Next()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := wire.ParseRequest(f.Payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadReply(b *testing.B) {
	stream, err := answer(nil, 1, make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	r := wire.NewReader(&endless{b: stream}, 0)
	b.ReportAllocs()
	for b.Loop() {
		f, err := r.Next()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := wire.ParseReply(f.Payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadMegabyte(b *testing.B) {
	stream := wire.AppendFrame(nil, wire.KindReply, 0, 1, make([]byte, 1<<20-64))
	source := bytes.NewReader(stream)
	b.ReportAllocs()
	b.SetBytes(int64(len(stream)))
	r := wire.NewReader(source, 0)
	for b.Loop() {
		source.Reset(stream)
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
