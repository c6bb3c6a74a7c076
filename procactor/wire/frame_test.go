package wire_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// Guarantee(values): A body longer than a frame arrives whole, whatever limit cuts it and however its pieces are mixed with those of other calls.
func TestMessagesCutByTheWriterArriveWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := wire.Limits{MaxFrame: rapid.Uint32Range(1, 40).Draw(t, "max frame")}
		bodies := rapid.SliceOfN(genBody(), 1, 5).Draw(t, "bodies")
		queues := make([][]wire.Frame, len(bodies))
		for i, body := range bodies {
			buf := wire.BeginFrame([]byte("before"), wire.KindReply, uint64(i+1))
			buf, err := wire.EndMessage(append(buf, body...), len("before"), limits)
			require.NoError(t, err)
			require.Equal(t, "before", string(buf[:6]))
			queues[i] = frames(t, buf[6:], limits.MaxFrame)
		}
		a := wire.NewAssembler(0, 0)
		got := map[uint64][]byte{}
		for left := true; left; {
			i := rapid.IntRange(0, len(queues)-1).Draw(t, "next")
			if len(queues[i]) > 0 {
				f, ok, err := a.Add(queues[i][0])
				queues[i] = queues[i][1:]
				require.NoError(t, err)
				if ok {
					require.Equal(t, wire.KindReply, f.Kind)
					require.Equal(t, len(f.Payload), int(f.Length))
					require.Zero(t, f.Flags)
					got[f.ID] = bytes.Clone(f.Payload)
				}
			}
			left = false
			for _, q := range queues {
				left = left || len(q) > 0
			}
		}
		require.Zero(t, a.Open())
		require.Len(t, got, len(bodies))
		for i, body := range bodies {
			require.True(t, bytes.Equal(body, got[uint64(i+1)]), "message %d", i)
		}
	})
}

// frames reads all frames of b and keeps copies of their payloads.
func frames(t require.TestingT, b []byte, maxFrame uint32) []wire.Frame {
	var out []wire.Frame
	r := wire.NewReader(bytes.NewReader(b), maxFrame)
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		f.Payload = bytes.Clone(f.Payload)
		out = append(out, f)
	}
}

func TestEndMessageRefusesWhatNobodyWouldTake(t *testing.T) {
	limits := wire.Limits{MaxFrame: 10, MaxBody: 20}
	tests := []struct {
		name string
		kind wire.Kind
		size int
		want *wire.LimitError
	}{
		{"over the body", wire.KindReply, 21, &wire.LimitError{What: wire.BoundBody, Limit: 20, Size: 21}},
		{"a kind that is never continued", wire.KindCancel, 11, &wire.LimitError{What: wire.BoundFrame, Limit: 10, Size: 11}},
		{"just the body", wire.KindReply, 20, nil},
		{"just the frame", wire.KindCancel, 10, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			buf := wire.BeginFrame([]byte("kept"), tt.kind, 1)
			buf, err := wire.EndMessage(append(buf, make([]byte, tt.size)...), 4, limits)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, tt.want, err)
			assert.Equal(t, "kept", string(buf))
		})
	}
}

func TestLimits(t *testing.T) {
	assert.Equal(t, wire.Limits{MaxFrame: 1 << 20, MaxBody: 256 << 20, Window: 256 << 10}, wire.Limits{}.OrDefault())
	huge := wire.Limits{MaxFrame: 1 << 31, MaxBody: 1 << 40, Window: 1 << 31}
	assert.Equal(t, wire.Limits{MaxFrame: wire.HardLimit, MaxBody: wire.HardLimit, Window: wire.HardLimit}, huge.OrDefault())
	a := wire.Limits{MaxFrame: 1, MaxBody: 9, Window: 5}
	b := wire.Limits{MaxFrame: 2, MaxBody: 3, Window: 6}
	assert.Equal(t, wire.Limits{MaxFrame: 1, MaxBody: 3, Window: 5}, a.Min(b))
	assert.Equal(t, a.Min(b), b.Min(a))
	assert.NoError(t, wire.DefaultLimits().Check())
	assert.EqualError(t, a.Check(), "wire: 1 bytes of a frame, at least 4096 are needed")
}
