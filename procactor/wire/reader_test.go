package wire_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/procactor/wire"
)

func TestReaderReadsWhateverThePieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 9000), 0, 8).Draw(t, "bodies")
		var stream []byte
		for i, b := range bodies {
			stream = wire.AppendFrame(stream, wire.KindItem, 0, uint64(i+1), b)
		}
		r := wire.NewReader(&pieces{t: t, b: stream}, 0)
		for i := 0; i < len(bodies); {
			buffered := r.Buffered()
			f, err := r.Next()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				require.False(t, buffered, "Buffered, but Next had to read")
				continue
			}
			require.NoError(t, err)
			require.Equal(t, uint64(i+1), f.ID)
			require.True(t, bytes.Equal(bodies[i], f.Payload))
			i++
		}
		for {
			_, err := r.Next()
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				require.Equal(t, io.EOF, err)
				return
			}
		}
	})
}

// pieces returns its bytes a few at a time, with deadlines in between, at
// times together with bytes.
type pieces struct {
	t *rapid.T
	b []byte
}

func (p *pieces) Read(dst []byte) (int, error) {
	n := min(rapid.IntRange(0, 5000).Draw(p.t, "n"), len(dst), len(p.b))
	copy(dst, p.b[:n])
	p.b = p.b[n:]
	switch {
	case rapid.IntRange(0, 3).Draw(p.t, "deadline") == 0:
		return n, os.ErrDeadlineExceeded
	case len(p.b) == 0:
		return n, io.EOF
	}
	return n, nil
}

func TestReaderTellsTheEndFromACut(t *testing.T) {
	whole := wire.AppendFrame(nil, wire.KindReply, 0, 1, []byte("body"))
	for n := range whole {
		r := wire.NewReader(bytes.NewReader(whole[:n]), 0)
		_, err := r.Next()
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		assert.Equal(t, want, err, "cut at %d", n)
	}
}

// Guarantee(memory): A frame that claims a gigabyte costs its receiver no memory before the gigabyte arrives.
func TestReaderHoldsNoMoreThanArrived(t *testing.T) {
	claim := make([]byte, wire.HeaderSize)
	wire.PutHeader(claim, wire.Header{Length: wire.HardLimit, Kind: wire.KindReply, ID: 1})
	for _, arrived := range []int{0, 1, 4 << 10, 100 << 10, 1 << 20} {
		stream := append(bytes.Clone(claim), make([]byte, arrived)...)
		r := wire.NewReader(bytes.NewReader(stream), wire.HardLimit)
		_, err := r.Next()
		require.Equal(t, io.ErrUnexpectedEOF, err)
		assert.LessOrEqual(t, r.BufferSize(), max(4*len(stream), 8<<10), "%d bytes arrived", arrived)
	}
}

func TestReaderGivesALargeBufferBack(t *testing.T) {
	stream := wire.AppendFrame(nil, wire.KindReply, 0, 1, make([]byte, 1<<20))
	for range 5 {
		stream = wire.AppendFrame(stream, wire.KindPong, 0, 0)
	}
	r := wire.NewReader(iotest.OneByteReader(bytes.NewReader(stream)), 2<<20)
	_, err := r.Next()
	require.NoError(t, err)
	require.Greater(t, r.BufferSize(), 1<<20)
	for range 5 {
		_, err = r.Next()
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, r.BufferSize(), wire.UsualBuffer)
}

func TestReaderFetchesManyFramesByOneRead(t *testing.T) {
	var stream []byte
	const n = 20000
	for i := range n {
		stream = wire.AppendFrame(stream, wire.KindReply, 0, uint64(i+1), make([]byte, 17))
	}
	source := &counting{r: bytes.NewReader(stream)}
	r := wire.NewReader(source, 0)
	for range n {
		_, err := r.Next()
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, source.reads, len(stream)/wire.UsualBuffer+8)
	assert.LessOrEqual(t, r.BufferSize(), wire.UsualBuffer)
}

type counting struct {
	r     io.Reader
	reads int
}

func (c *counting) Read(b []byte) (int, error) { c.reads++; return c.r.Read(b) }

func TestReaderRefusesForEver(t *testing.T) {
	good := wire.AppendFrame(nil, wire.KindReply, 0, 1)
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"above the limit", wire.AppendFrame(nil, wire.KindReply, 0, 1, make([]byte, 101)), &wire.LimitError{What: wire.BoundFrame, Limit: 100, Size: 101}},
		{"unknown and critical", wire.AppendFrame(nil, 0x55, 0, 1), &wire.UnknownKindError{Kind: 0x55}},
		{"malformed", wire.AppendFrame(nil, wire.KindReply, 0x80, 1), &wire.FormatError{Kind: wire.KindReply, Field: "flags", Offset: 5, Problem: wire.ProblemReserved}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := wire.NewReader(bytes.NewReader(append(tt.in, good...)), 100)
			for range 2 {
				_, err := r.Next()
				assert.Equal(t, tt.want, err)
				assert.True(t, r.Buffered(), "a refusal needs no read")
			}
		})
	}
}

func TestReaderPassesOptionalKindsOn(t *testing.T) {
	stream := wire.AppendFrame(nil, 0xFE, 0, 7, []byte("what"))
	f, err := wire.NewReader(bytes.NewReader(stream), 0).Next()
	require.NoError(t, err)
	assert.True(t, f.Kind.Optional())
	assert.False(t, f.Kind.Known())
}

func TestReaderTakesANewLimitBetweenFrames(t *testing.T) {
	stream := wire.AppendFrame(nil, wire.KindHello, 0, 0, make([]byte, 50))
	stream = wire.AppendFrame(stream, wire.KindReply, 0, 1, make([]byte, 50))
	r := wire.NewReader(bytes.NewReader(stream), 100)
	_, err := r.Next()
	require.NoError(t, err)
	require.True(t, r.Buffered())
	r.SetMaxFrame(10)
	assert.True(t, r.Buffered())
	_, err = r.Next()
	assert.Equal(t, &wire.LimitError{What: wire.BoundFrame, Limit: 10, Size: 50}, err)
}

func TestReaderGivesUpOnASourceOfNothing(t *testing.T) {
	_, err := wire.NewReader(nothing{}, 0).Next()
	assert.Equal(t, io.ErrNoProgress, err)
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }
