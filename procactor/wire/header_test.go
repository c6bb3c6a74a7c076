package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/procactor/wire"
)

func TestHeaderLayoutIsFixed(t *testing.T) {
	var b [wire.HeaderSize]byte
	wire.PutHeader(b[:], wire.Header{Length: 0x04030201, Kind: wire.KindReply, Flags: wire.FlagMore, ID: 0x0807060504030201})
	assert.Equal(t, []byte{1, 2, 3, 4, 7, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, b[:])
}

func TestHeaderRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := []wire.Kind{wire.KindRequest, wire.KindChunk, wire.KindReply, wire.KindItem, wire.KindEnd, wire.KindError}
		h := wire.Header{
			Length: rapid.Uint32().Draw(t, "length"),
			Kind:   rapid.SampledFrom(calls).Draw(t, "kind"),
			Flags:  rapid.SampledFrom([]wire.Flags{0, wire.FlagMore}).Draw(t, "flags"),
			ID:     rapid.Uint64Min(1).Draw(t, "id"),
		}
		var b [wire.HeaderSize]byte
		wire.PutHeader(b[:], h)
		got, err := wire.ParseHeader(b[:])
		require.NoError(t, err)
		require.Equal(t, h, got)
	})
}

func TestParseHeaderRefuses(t *testing.T) {
	good := func() []byte {
		return wire.AppendFrame(nil, wire.KindRequest, wire.FlagMore, 1)
	}
	change := func(at int, to byte) []byte { b := good(); b[at] = to; return b }
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, &wire.FormatError{Field: "header", Problem: wire.ProblemShort}},
		{"15 bytes", good()[:15], &wire.FormatError{Field: "header", Offset: 15, Problem: wire.ProblemShort}},
		{"kind zero", change(4, 0), &wire.UnknownKindError{}},
		{"critical and unknown", change(4, 0x11), &wire.UnknownKindError{Kind: 0x11}},
		{"last critical", change(4, 0x7F), &wire.UnknownKindError{Kind: 0x7F}},
		{"unknown flag", change(5, 2), &wire.FormatError{Kind: wire.KindRequest, Field: "flags", Offset: 5, Problem: wire.ProblemReserved}},
		{"more of what has no more", change(4, byte(wire.KindStarted)), &wire.FormatError{Kind: wire.KindStarted, Field: "flags", Offset: 5, Problem: wire.ProblemReserved}},
		{"more of an optional kind", change(4, 0xFE), &wire.FormatError{Kind: 0xFE, Field: "flags", Offset: 5, Problem: wire.ProblemReserved}},
		{"first reserved byte", change(6, 1), &wire.FormatError{Kind: wire.KindRequest, Field: "reserved", Offset: 6, Problem: wire.ProblemReserved}},
		{"second reserved byte", change(7, 1), &wire.FormatError{Kind: wire.KindRequest, Field: "reserved", Offset: 6, Problem: wire.ProblemReserved}},
		{"call without an id", change(8, 0), &wire.FormatError{Kind: wire.KindRequest, Field: "id", Offset: 8, Problem: wire.ProblemValue}},
		{"connection with an id", wire.AppendFrame(nil, wire.KindStop, 0, 1), &wire.FormatError{Kind: wire.KindStop, Field: "id", Offset: 8, Problem: wire.ProblemValue}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wire.ParseHeader(tt.in)
			assert.Equal(t, tt.want, err)
			assert.NotEmpty(t, err.Error())
		})
	}
}

func TestKindsAreKnownByWhoMaySendThem(t *testing.T) {
	both := []wire.Kind{wire.KindHello, wire.KindChunk, wire.KindRefuse}
	parent := []wire.Kind{wire.KindRequest, wire.KindCancel, wire.KindCredit, wire.KindPing, wire.KindStop}
	worker := []wire.Kind{wire.KindReady, wire.KindBootError, wire.KindStarted, wire.KindReply, wire.KindItem, wire.KindEnd, wire.KindError, wire.KindPong}
	named := 0
	for k := range 256 {
		kind := wire.Kind(k)
		if kind.Known() && !kind.Optional() {
			named++
		}
		if kind.Optional() {
			assert.True(t, kind.FromParent() && kind.FromWorker(), kind)
		} else {
			assert.Equal(t, has(both, kind) || has(parent, kind), kind.FromParent(), kind)
			assert.Equal(t, has(both, kind) || has(worker, kind), kind.FromWorker(), kind)
		}
	}
	assert.Equal(t, len(both)+len(parent)+len(worker), named)
	assert.Equal(t, "BOOT_ERROR", wire.KindBootError.String())
	assert.Equal(t, "kind 0x7f", wire.Kind(0x7F).String())
}

func has(kinds []wire.Kind, k wire.Kind) bool {
	for _, x := range kinds {
		if x == k {
			return true
		}
	}
	return false
}
