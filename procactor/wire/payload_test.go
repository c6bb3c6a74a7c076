package wire_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/procactor/wire"
)

func TestHelloRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genHello().Draw(t, "hello")
		b, err := wire.AppendHello(nil, want)
		require.NoError(t, err)
		got, err := wire.ParseHello(b)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestRequestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task, body := genName().Draw(t, "task"), genBody().Draw(t, "body")
		want := wire.Meta{
			Traceparent: rapid.String().Draw(t, "traceparent"),
			Key:         rapid.String().Draw(t, "key"),
			Attempt:     rapid.Uint32().Draw(t, "attempt"),
			Remaining:   genMicros().Draw(t, "remaining"),
			Other:       genMap().Draw(t, "other"),
		}
		b, err := wire.AppendRequestHead(nil, task, want)
		require.NoError(t, err)
		got, err := wire.ParseRequest(append(b, body...))
		require.NoError(t, err)
		require.Equal(t, task, string(got.Task))
		require.Equal(t, want, got.Meta())
		require.True(t, bytes.Equal(body, got.Body))
	})
}

func TestReplyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, body := genMeasures().Draw(t, "measures"), genBody().Draw(t, "body")
		got, err := wire.ParseReply(append(wire.AppendReplyHead(nil, want), body...))
		require.NoError(t, err)
		require.Equal(t, want, got.Measures)
		require.True(t, bytes.Equal(body, got.Body))
		end, err := wire.ParseEnd(wire.AppendEnd(nil, want))
		require.NoError(t, err)
		require.Equal(t, want, end)
	})
}

func TestErrorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := wire.Failure{
			Class:    wire.Class(rapid.IntRange(1, 6).Draw(t, "class")),
			Message:  rapid.String().Draw(t, "message"),
			Measures: genMeasures().Draw(t, "measures"),
		}
		if marks := rapid.SliceOfN(genName(), 0, 5).Draw(t, "marks"); len(marks) > 0 {
			want.Marks = marks
		}
		if body := genBody().Draw(t, "body"); len(body) > 0 {
			want.Body = body
		}
		if rapid.Bool().Draw(t, "too long") {
			limit := rapid.Uint64Range(wire.MinBody, wire.HardLimit).Draw(t, "limit")
			want.TooLong = &wire.LimitError{What: wire.BoundBody, Limit: limit, Size: rapid.Uint64Min(limit+1).Draw(t, "size")}
		}
		got, err := wire.ParseError(wire.AppendError(nil, want))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestControlRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pong := wire.Pong{
			Token:    rapid.Uint64().Draw(t, "token"),
			Started:  rapid.Uint64().Draw(t, "started"),
			Finished: rapid.Uint64().Draw(t, "finished"),
			Oldest:   genMicros().Draw(t, "oldest"),
		}
		gotPong, err := wire.ParsePong(wire.AppendPong(nil, pong))
		require.NoError(t, err)
		require.Equal(t, pong, gotPong)
		token, err := wire.ParsePing(wire.AppendPing(nil, pong.Token))
		require.NoError(t, err)
		require.Equal(t, pong.Token, token)
		credit := rapid.Uint32Min(1).Draw(t, "credit")
		gotCredit, err := wire.ParseCredit(wire.AppendCredit(nil, credit))
		require.NoError(t, err)
		require.Equal(t, credit, gotCredit)
		text := rapid.StringN(0, 100, wire.MaxText).Draw(t, "text")
		require.Equal(t, text, wire.ParseText(wire.AppendText(nil, text)))
	})
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	long := strings.Repeat("x", wire.MaxText-1) + "é"
	assert.Equal(t, strings.Repeat("x", wire.MaxText-1), string(wire.AppendText(nil, long)))
	assert.Equal(t, "a\uFFFDb", string(wire.AppendText(nil, "a\xff\xfeb")))
	assert.Equal(t, "a\uFFFDb", wire.ParseText([]byte("a\xffb")))
}

func TestDurationsAreRoundedUpToMicroseconds(t *testing.T) {
	b, err := wire.AppendRequestHead(nil, "t", wire.Meta{Remaining: 1})
	require.NoError(t, err)
	r, err := wire.ParseRequest(b)
	require.NoError(t, err)
	assert.Equal(t, time.Microsecond, r.Remaining, "a deadline that is near is not one that is absent")
}

func TestAnErrorAlwaysFits(t *testing.T) {
	f := wire.Failure{Class: 99, Message: strings.Repeat("\xff", 1<<20), Measures: wire.Measures{Run: 1<<63 - 1}}
	for range 100 {
		f.Marks = append(f.Marks, strings.Repeat("m", wire.MaxName), "", "bad\xff", strings.Repeat("n", wire.MaxName+1))
	}
	f.Message = strings.Repeat("é", 1<<20)
	b := wire.AppendError(nil, f)
	assert.LessOrEqual(t, len(b), wire.MinBody)
	got, err := wire.ParseError(b)
	require.NoError(t, err)
	assert.Equal(t, wire.ClassTask, got.Class)
	assert.Len(t, got.Marks, wire.MaxMarks)
	assert.Len(t, got.Message, wire.MaxMessage)
}

func TestTheLargestRequestHeadFits(t *testing.T) {
	var m wire.Meta
	for i := range wire.MaxMapEntries {
		m.Other = append(m.Other, wire.Pair{Key: string(rune('A' + i)), Value: strings.Repeat("v", 200)})
	}
	b, err := wire.AppendRequestHead(nil, strings.Repeat("t", wire.MaxName), m)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(b), wire.MinBody)
}

func TestAppendRefusesWhatTheOtherSideWould(t *testing.T) {
	long := strings.Repeat("n", wire.MaxName+1)
	hello := func(h wire.Hello) func([]byte) ([]byte, error) {
		return func(b []byte) ([]byte, error) { return wire.AppendHello(b, h) }
	}
	request := func(task string, m wire.Meta) func([]byte) ([]byte, error) {
		return func(b []byte) ([]byte, error) { return wire.AppendRequestHead(b, task, m) }
	}
	other := func(pairs ...wire.Pair) wire.Meta { return wire.Meta{Other: pairs} }
	many := make(wire.Map, 0, wire.MaxMapEntries+1)
	for i := range wire.MaxMapEntries + 1 {
		many = append(many, wire.Pair{Key: string(rune('A' + i))})
	}
	req, hi := wire.KindRequest, wire.KindHello
	tests := []struct {
		name   string
		append func([]byte) ([]byte, error)
		want   error
	}{
		{"request without a task", request("", wire.Meta{}), &wire.FormatError{Kind: req, Field: "task", Problem: wire.ProblemEmpty}},
		{"long task", request(long, wire.Meta{}), &wire.LimitError{What: wire.BoundName, Limit: 255, Size: 256}},
		{"task of no text", request("\xff", wire.Meta{}), &wire.FormatError{Kind: req, Field: "task", Problem: wire.ProblemText}},
		{"key of no text", request("t", wire.Meta{Key: "\xff"}), &wire.FormatError{Kind: req, Field: "key", Problem: wire.ProblemText}},
		{"long value", request("t", wire.Meta{Key: strings.Repeat("k", wire.MaxMapBytes)}), &wire.LimitError{What: wire.BoundMapBytes, Limit: wire.MaxMapBytes, Size: wire.MaxMapBytes + 3}},
		{"empty key", request("t", other(wire.Pair{})), &wire.FormatError{Kind: req, Field: "key", Problem: wire.ProblemEmpty}},
		{"long key", request("t", other(wire.Pair{Key: long})), &wire.LimitError{What: wire.BoundName, Limit: 255, Size: 256}},
		{"key twice", request("t", other(wire.Pair{Key: "a"}, wire.Pair{Key: "a"})), &wire.FormatError{Kind: req, Field: "a", Problem: wire.ProblemDuplicate}},
		{"key of the protocol", request("t", other(wire.Pair{Key: "attempt"})), &wire.FormatError{Kind: req, Field: "attempt", Problem: wire.ProblemDuplicate}},
		{"value of no text", request("t", other(wire.Pair{Key: "a", Value: "\xff"})), &wire.FormatError{Kind: req, Field: "a", Problem: wire.ProblemText}},
		{"many entries", request("t", wire.Meta{Other: many}), &wire.LimitError{What: wire.BoundMapEntries, Limit: 64, Size: 65}},
		{"hello, small frames", hello(wire.Hello{Limits: wire.Limits{MaxFrame: 1}}), &wire.LimitError{What: wire.BoundFrame, Limit: wire.MinFrame, Size: 1}},
		{"hello, small body", hello(wire.Hello{Limits: wire.Limits{MaxBody: 1}}), &wire.LimitError{What: wire.BoundBody, Limit: wire.MinBody, Size: 1}},
		{"hello, long build", hello(wire.Hello{Build: long}), &wire.LimitError{What: wire.BoundName, Limit: 255, Size: 256}},
		{"hello, task without a name", hello(wire.Hello{Tasks: []wire.TaskInfo{{}}}), &wire.FormatError{Kind: hi, Field: "task", Problem: wire.ProblemEmpty}},
		{"hello, long codec", hello(wire.Hello{Tasks: []wire.TaskInfo{{Name: "t", Input: long}}}), &wire.LimitError{What: wire.BoundName, Limit: 255, Size: 256}},
		{"hello, task twice", hello(wire.Hello{Tasks: []wire.TaskInfo{{Name: "t"}, {Name: "t"}}}), &wire.FormatError{Kind: hi, Field: "task", Problem: wire.ProblemDuplicate}},
		{"hello, many tasks", hello(wire.Hello{Tasks: make([]wire.TaskInfo, wire.MaxTasks+1)}), &wire.LimitError{What: wire.BoundTasks, Limit: 4096, Size: 4097}},
		{"hello, many extensions", hello(wire.Hello{Ext: many}), &wire.LimitError{What: wire.BoundMapEntries, Limit: 64, Size: 65}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.append([]byte("kept"))
			assert.Equal(t, tt.want, err)
			assert.Equal(t, "kept", string(got))
		})
	}
}

func TestVersions(t *testing.T) {
	v10, v12, v20 := wire.Version{Major: 1}, wire.Version{Major: 1, Minor: 2}, wire.Version{Major: 2}
	got, err := wire.Agree(v10, v12)
	require.NoError(t, err)
	assert.Equal(t, v10, got)
	got, err = wire.Agree(v12, v10)
	require.NoError(t, err)
	assert.Equal(t, v10, got)
	_, err = wire.Agree(v10, v20)
	assert.Equal(t, &wire.VersionError{Ours: v10, Theirs: v20}, err)
	assert.EqualError(t, err, "wire: we speak version 1.0, the other side speaks 2.0")
	got, err = wire.ParseVersion(v12.String())
	require.NoError(t, err)
	assert.Equal(t, v12, got)
	for _, bad := range []string{"", "1", "1.", ".1", "1.2.3", "-1.0", "1.70000", "one"} {
		_, err := wire.ParseVersion(bad)
		assert.Error(t, err, bad)
	}
}

func TestHelloOfAnotherMajorIsReadUpToItsVersion(t *testing.T) {
	h, err := wire.ParseHello([]byte("PROCTOR\x00\x02\x00\x07\x00and then whatever"))
	require.NoError(t, err)
	assert.Equal(t, wire.Hello{Version: wire.Version{Major: 2, Minor: 7}}, h)
}

func TestChannels(t *testing.T) {
	c := wire.Channels{Requests: 3, Replies: 4, Crash: 5}
	got, err := wire.ParseChannels(c.String())
	require.NoError(t, err)
	assert.Equal(t, c, got)
	got, err = wire.ParseChannels("3,3,5")
	require.NoError(t, err)
	assert.Equal(t, got.Requests, got.Replies, "one socket")
	for _, bad := range []string{"", "3", "3,4", "3,4,5,6", "3,4,x", "-3,4,5", "3,4,3", "3,4,4", "3,4,99999999999999999999"} {
		_, err := wire.ParseChannels(bad)
		assert.Error(t, err, bad)
	}
}

func TestFieldsOfARequestAreSeenWithoutACopy(t *testing.T) {
	b, err := wire.AppendRequestHead(nil, "t", wire.Meta{Key: "k", Other: wire.Map{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}})
	require.NoError(t, err)
	r, err := wire.ParseRequest(b)
	require.NoError(t, err)
	assert.Equal(t, 3, r.Fields.Len())
	v, ok := r.Fields.Get("b")
	assert.True(t, ok)
	assert.Equal(t, "2", string(v))
	_, ok = r.Fields.Get("c")
	assert.False(t, ok)
	for k := range r.Fields.All() {
		assert.Equal(t, "key", string(k), "the first, and no more after a break")
		break
	}
	assert.Equal(t, wire.Map{{Key: "key", Value: "k"}, {Key: "a", Value: "1"}, {Key: "b", Value: "2"}}, r.Fields.Map())
	assert.Nil(t, wire.MapView{}.Map())
}
