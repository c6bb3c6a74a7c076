package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// fr is a frame as a Reader would return it.
func fr(kind wire.Kind, flags wire.Flags, id uint64, payload string) wire.Frame {
	return wire.Frame{Header: wire.Header{Length: uint32(len(payload)), Kind: kind, Flags: flags, ID: id}, Payload: []byte(payload)}
}

const more = wire.FlagMore

func TestAssembler(t *testing.T) {
	type step struct {
		in   wire.Frame
		want string // the whole payload; "-" when nothing is whole yet
		err  error
	}
	req, chunk, cancel := wire.KindRequest, wire.KindChunk, wire.KindCancel
	notOpen := &wire.FormatError{Kind: chunk, Field: "id", Offset: 8, Problem: wire.ProblemNotOpen}
	tests := []struct {
		name  string
		steps []step
		open  int
	}{
		{"one frame", []step{{fr(req, 0, 1, "abc"), "abc", nil}}, 0},
		{"two frames", []step{{fr(req, more, 1, "abc"), "-", nil}, {fr(chunk, 0, 1, "de"), "abcde", nil}}, 0},
		{"empty last", []step{{fr(req, more, 1, "abc"), "-", nil}, {fr(chunk, 0, 1, ""), "abc", nil}}, 0},
		{"interleaved", []step{
			{fr(req, more, 1, "a"), "-", nil},
			{fr(req, more, 2, "x"), "-", nil},
			{fr(req, 0, 3, "o"), "o", nil},
			{fr(chunk, more, 2, "y"), "-", nil},
			{fr(chunk, 0, 1, "b"), "ab", nil},
			{fr(chunk, 0, 2, "z"), "xyz", nil},
		}, 0},
		{"others pass", []step{{fr(req, more, 1, "a"), "-", nil}, {fr(wire.KindPing, 0, 0, "token"), "token", nil}, {fr(0xFE, 0, 1, "?"), "?", nil}}, 1},
		{"items one after the other", []step{{fr(wire.KindItem, more, 1, "a"), "-", nil}, {fr(chunk, 0, 1, "b"), "ab", nil}, {fr(wire.KindItem, 0, 1, "c"), "c", nil}}, 0},
		{"canceled", []step{{fr(req, more, 1, "a"), "-", nil}, {fr(cancel, 0, 1, "why"), "why", nil}, {fr(chunk, 0, 1, "b"), "-", notOpen}}, 0},
		{"failed half way", []step{{fr(wire.KindReply, more, 1, "a"), "-", nil}, {fr(wire.KindError, more, 1, "bo"), "-", nil}, {fr(chunk, 0, 1, "om"), "boom", nil}}, 0},
		{"chunk of nothing", []step{{fr(chunk, 0, 1, "a"), "-", notOpen}}, 0},
		{"cut in", []step{{fr(req, more, 1, "a"), "-", nil}, {fr(req, 0, 1, "b"), "-", &wire.FormatError{Kind: req, Field: "id", Offset: 8, Problem: wire.ProblemOpen}}}, 1},
		{"no progress", []step{{fr(req, more, 1, "a"), "-", nil}, {fr(chunk, more, 1, ""), "-", &wire.FormatError{Kind: chunk, Field: "length", Problem: wire.ProblemNoProgress}}}, 1},
		{"too many", []step{{fr(req, more, 1, ""), "-", nil}, {fr(req, more, 2, ""), "-", nil}, {fr(req, more, 3, ""), "-", &wire.LimitError{What: wire.BoundOpen, Limit: 2, Size: 3}}}, 2},
		{"too long, then swallowed", []step{
			{fr(req, more, 1, "12345"), "-", nil},
			{fr(chunk, more, 1, "678901"), "-", &wire.LimitError{What: wire.BoundBody, Limit: 10, Size: 11}},
			{fr(chunk, more, 1, "more"), "-", nil},
			{fr(chunk, 0, 1, "last"), "-", nil},
			{fr(req, 0, 2, "next"), "next", nil},
		}, 0},
		{"too long at its end", []step{
			{fr(req, more, 1, "1234567890"), "-", nil},
			{fr(chunk, 0, 1, "1"), "-", &wire.LimitError{What: wire.BoundBody, Limit: 10, Size: 11}},
		}, 0},
		{"too long at once", []step{{fr(req, 0, 1, "12345678901"), "-", &wire.LimitError{What: wire.BoundBody, Limit: 10, Size: 11}}}, 0},
		{"just long enough", []step{{fr(req, more, 1, "12345"), "-", nil}, {fr(chunk, 0, 1, "67890"), "1234567890", nil}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := wire.NewAssembler(10, 2)
			for i, s := range tt.steps {
				whole, ok, err := a.Add(s.in)
				if s.err != nil {
					require.Equal(t, s.err, err, "step %d", i)
					require.Equal(t, s.in.ID, whole.ID)
				} else {
					require.NoError(t, err, "step %d", i)
				}
				require.Equal(t, s.want != "-", ok, "step %d", i)
				if ok {
					assert.Equal(t, s.want, string(whole.Payload))
					assert.Equal(t, len(s.want), int(whole.Length))
					assert.Zero(t, whole.Flags)
					assert.NotEqual(t, chunk, whole.Kind)
				}
			}
			assert.Equal(t, tt.open, a.Open())
		})
	}
}

func TestAssemblerDiscardStillTellsTheEnd(t *testing.T) {
	a := wire.NewAssembler(10, 0)
	_, _, err := a.Add(fr(wire.KindReply, more, 1, "12345"))
	require.NoError(t, err)
	a.Discard(1)
	a.Discard(99)
	assert.Zero(t, a.HeldBytes())
	_, ok, err := a.Add(fr(wire.KindChunk, more, 1, "678901234567890"))
	require.NoError(t, err, "what is not kept is not bounded")
	require.False(t, ok)
	whole, ok, err := a.Add(fr(wire.KindChunk, 0, 1, "x"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, wire.Header{Kind: wire.KindReply, ID: 1}, whole.Header)
	assert.Empty(t, whole.Payload)
	assert.Zero(t, a.Open())
}

// What still comes of a message that is too long is thrown away, but not for ever.
func TestMessagesWithoutEndAreRefused(t *testing.T) {
	a := wire.NewAssembler(wire.MinBody, 0)
	piece := make([]byte, 1<<20)
	h := wire.Header{Kind: wire.KindReply, Flags: wire.FlagMore, ID: 1}
	_, _, err := a.Add(wire.Frame{Header: h, Payload: piece})
	require.Equal(t, &wire.LimitError{What: wire.BoundBody, Limit: wire.MinBody, Size: 1 << 20}, err)
	h.Kind = wire.KindChunk
	for size := 2 << 20; size <= wire.HardLimit; size += 1 << 20 {
		_, ok, err := a.Add(wire.Frame{Header: h, Payload: piece})
		require.NoError(t, err)
		require.False(t, ok)
	}
	assert.Zero(t, a.HeldBytes())
	_, _, err = a.Add(wire.Frame{Header: h, Payload: piece})
	assert.Equal(t, &wire.LimitError{What: wire.BoundDropped, Limit: wire.HardLimit, Size: wire.HardLimit + 1<<20 - wire.MinBody}, err)
}
