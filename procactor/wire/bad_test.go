package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// str is a string as it stands on the wire, for lengths below 256.
func str(s string) string { return string([]byte{byte(len(s)), 0, 0, 0}) + s }

const (
	none  = "\x00\x00\x00\x00" // a count or length of zero
	one   = "\x01\x00\x00\x00"
	great = "\xff\xff\xff\xff"
)

type badCase struct {
	name, in string
	want     error
}

func checkBad[T any](t *testing.T, parse func([]byte) (T, error), cases []badCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse([]byte(tt.in))
			assert.Equal(t, tt.want, err)
		})
	}
}

func format(k wire.Kind, field string, at int, p wire.Problem) error {
	return &wire.FormatError{Kind: k, Field: field, Offset: at, Problem: p}
}

// checkCuts holds that no proper prefix of a payload without a body is taken.
func checkCuts[T any](t *testing.T, parse func([]byte) (T, error), whole []byte) {
	t.Helper()
	_, err := parse(whole)
	require.NoError(t, err)
	for n := range whole {
		_, err := parse(whole[:n])
		assert.Error(t, err, "cut at %d", n)
	}
}

func TestParseHelloRefuses(t *testing.T) {
	k := wire.KindHello
	start := "PROCTOR\x00\x01\x00\x00\x00"
	limits := "\x00\x00\x10\x00" + "\x00\x00\x00\x10\x00\x00\x00\x00" + "\x00\x00\x04\x00"
	task := str("t") + "\x00" + one + none + none + none
	checkBad(t, wire.ParseHello, []badCase{
		{"nothing", "", format(k, "magic", 0, wire.ProblemShort)},
		{"another protocol", "GET / HTTP/1.1\r\n", format(k, "magic", 0, wire.ProblemMagic)},
		{"no frames", start + none + limits[4:] + none + none + none, &wire.LimitError{What: wire.BoundFrame, Limit: wire.MinFrame}},
		{"no window", start + limits[:12] + none + none + none + none, &wire.LimitError{What: wire.BoundWindow, Limit: 1}},
		{"endless build", start + limits + great, format(k, "build", 28, wire.ProblemShort)},
		{"build of no text", start + limits + str("\xff") + none + none, format(k, "build", 28, wire.ProblemText)},
		{"tasks without end", start + limits + none + great, &wire.LimitError{What: wire.BoundTasks, Limit: wire.MaxTasks, Size: 1<<32 - 1}},
		{"tasks that are not there", start + limits + none + "\x02\x00\x00\x00" + task, format(k, "task", 36+22, wire.ProblemShort)},
		{"task without a name", start + limits + none + one + none + "\x00" + one + none + none + none + none, format(k, "task", 36, wire.ProblemEmpty)},
		{"task twice", start + limits + none + "\x02\x00\x00\x00" + task + task + none, format(k, "task", 36+22, wire.ProblemDuplicate)},
		{"bytes after the end", start + limits + none + none + none + "x", format(k, "payload", 40, wire.ProblemTrailing)},
		{"too long", start + strings.Repeat("x", wire.MaxHello), &wire.LimitError{What: wire.BoundHello, Limit: wire.MaxHello, Size: wire.MaxHello + 12}},
	})
	whole := []byte(start + limits + str("b") + one + task + one + str("k") + str("v"))
	checkCuts(t, wire.ParseHello, whole)
}

func TestParseRequestRefuses(t *testing.T) {
	k := wire.KindRequest
	pair := func(key, value string) string { return str("t") + one + str(key) + str(value) }
	var many strings.Builder
	for range 3 {
		many.WriteString(str(string('a'+rune(many.Len()%26))) + "\x00\x20\x00\x00" + strings.Repeat("v", 8<<10))
	}
	checkBad(t, wire.ParseRequest, []badCase{
		{"nothing", "", format(k, "task", 0, wire.ProblemShort)},
		{"endless task", great + "t", format(k, "task", 0, wire.ProblemShort)},
		{"no task", none + none, format(k, "task", 0, wire.ProblemEmpty)},
		{"task of no text", str("\xff") + none, format(k, "task", 0, wire.ProblemText)},
		{"long task", "\x00\x01\x00\x00" + strings.Repeat("t", 256) + none, &wire.LimitError{What: wire.BoundName, Limit: 255, Size: 256}},
		{"no map", str("t"), format(k, "meta", 5, wire.ProblemShort)},
		{"map without end", str("t") + great, &wire.LimitError{What: wire.BoundMapEntries, Limit: 64, Size: 1<<32 - 1}},
		{"entry that is not there", str("t") + one, format(k, "meta", 9, wire.ProblemShort)},
		{"large map", str("t") + "\x03\x00\x00\x00" + many.String(), &wire.LimitError{What: wire.BoundMapBytes, Limit: wire.MaxMapBytes, Size: wire.MaxMapBytes + 2}},
		{"empty key", pair("", "v"), format(k, "meta", 9, wire.ProblemEmpty)},
		{"key twice", str("t") + "\x02\x00\x00\x00" + str("a") + none + str("a") + none, format(k, "meta", 18, wire.ProblemDuplicate)},
		{"value of no text", pair("a", "\xff"), format(k, "meta", 14, wire.ProblemText)},
		{"attempt in words", pair("attempt", "two"), format(k, "attempt", 5, wire.ProblemNumber)},
		{"attempt of nothing", pair("attempt", ""), format(k, "attempt", 5, wire.ProblemNumber)},
		{"attempt too large", pair("attempt", "4294967296"), format(k, "attempt", 5, wire.ProblemNumber)},
		{"remaining below zero", pair("remaining", "-1"), format(k, "remaining", 5, wire.ProblemNumber)},
		{"remaining beyond 64 bits", pair("remaining", "18446744073709551616"), format(k, "remaining", 5, wire.ProblemNumber)},
	})
	checkCuts(t, wire.ParseRequest, []byte(pair("attempt", "3")))
}

func TestParseReplyRefuses(t *testing.T) {
	k := wire.KindReply
	checkBad(t, wire.ParseReply, []badCase{
		{"nothing", "", format(k, "measures", 0, wire.ProblemShort)},
		{"map without end", great, &wire.LimitError{What: wire.BoundMapEntries, Limit: 64, Size: 1<<32 - 1}},
		{"run in words", one + str("run_us") + str("long"), format(k, "measures", 0, wire.ProblemNumber)},
	})
	whole := []byte(one + str("run_us") + str("18446744073709551615"))
	checkCuts(t, wire.ParseReply, whole)
	checkCuts(t, wire.ParseEnd, whole)
	_, err := wire.ParseEnd(append(whole, 'x'))
	assert.Equal(t, format(wire.KindEnd, "payload", len(whole), wire.ProblemTrailing), err)
	r, err := wire.ParseReply([]byte(one + str("unknown") + str("ignored") + "body"))
	require.NoError(t, err)
	assert.Equal(t, wire.Reply{Body: []byte("body")}, r)
}

func TestParseErrorRefuses(t *testing.T) {
	k := wire.KindError
	checkBad(t, wire.ParseError, []badCase{
		{"nothing", "", format(k, "class", 0, wire.ProblemShort)},
		{"class zero", "\x00" + none + none + none, format(k, "class", 0, wire.ProblemValue)},
		{"class unknown", "\x07" + none + none + none, format(k, "class", 0, wire.ProblemValue)},
		{"endless message", "\x01" + great, format(k, "message", 1, wire.ProblemShort)},
		{"marks without end", "\x01" + none + great, &wire.LimitError{What: wire.BoundMarks, Limit: 32, Size: 1<<32 - 1}},
		{"mark that is not there", "\x01" + none + one, format(k, "mark", 9, wire.ProblemShort)},
		{"empty mark", "\x01" + none + one + none + none, format(k, "mark", 9, wire.ProblemEmpty)},
		{"no measures", "\x01" + none + none, format(k, "measures", 9, wire.ProblemShort)},
	})
	checkCuts(t, wire.ParseError, []byte("\x01"+str("m")+one+str("io.EOF")+none))
	f, err := wire.ParseError([]byte("\x01" + str("\xff") + none + none))
	require.NoError(t, err, "a message that is no text is no reason to hang up")
	assert.Equal(t, "\uFFFD", f.Message)
}

func TestParseControlRefuses(t *testing.T) {
	checkCuts(t, wire.ParsePong, make([]byte, 32))
	checkCuts(t, wire.ParsePing, make([]byte, 8))
	checkCuts(t, wire.ParseCredit, []byte(one))
	_, err := wire.ParsePong(make([]byte, 33))
	assert.Equal(t, format(wire.KindPong, "payload", 32, wire.ProblemTrailing), err)
	_, err = wire.ParseCredit([]byte(none))
	assert.Equal(t, format(wire.KindCredit, "bytes", 0, wire.ProblemValue), err)
	assert.NoError(t, wire.ParseEmpty(wire.KindStop, nil))
	assert.Equal(t, format(wire.KindStop, "payload", 0, wire.ProblemTrailing), wire.ParseEmpty(wire.KindStop, []byte{0}))
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	assert.EqualError(t, format(wire.KindRequest, "task", 4, wire.ProblemText), "wire: REQUEST: task at byte 4 is not UTF-8")
	assert.EqualError(t, &wire.FormatError{Field: "header", Problem: wire.ProblemShort}, "wire: frame: header at byte 0 ends too early")
	assert.EqualError(t, &wire.LimitError{What: wire.BoundFrame, Limit: 10, Size: 11}, "wire: 11 bytes of a frame, the limit is 10")
	assert.EqualError(t, &wire.UnknownKindError{Kind: 0x20}, "wire: kind 0x20 is critical and unknown")
	for p := wire.ProblemShort; p <= wire.ProblemNoProgress; p++ {
		assert.False(t, strings.HasPrefix(p.String(), "problem"), p)
	}
	for b := wire.BoundFrame; b <= wire.BoundDropped; b++ {
		assert.False(t, strings.HasPrefix(b.String(), "bound"), b)
	}
	for c := wire.ClassTask; c <= wire.ClassStopping; c++ {
		assert.False(t, strings.HasPrefix(c.String(), "class"), c)
	}
}

func TestHelloIsACopy(t *testing.T) {
	b, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Build: "build", Tasks: []wire.TaskInfo{{Name: "task"}}})
	require.NoError(t, err)
	h, err := wire.ParseHello(b)
	require.NoError(t, err)
	copy(b, bytes.Repeat([]byte{0xFF}, len(b)))
	assert.Equal(t, "build", h.Build)
	assert.Equal(t, "task", h.Tasks[0].Name)
	info, ok := h.Task("task")
	assert.True(t, ok)
	assert.Equal(t, uint32(1), info.Concurrent)
	_, ok = h.Task("other")
	assert.False(t, ok)
}
