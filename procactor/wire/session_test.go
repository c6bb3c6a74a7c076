package wire_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor/wire"
)

const protocolDoc = "../../docs/protocol.md"

// sent is one frame of the recorded session.
type sent struct {
	by    string // "parent" or "worker"
	about string
	frame []byte
}

// session is the example of docs/protocol.md, written by the code.
func session(t *testing.T) []sent {
	t.Helper()
	hello := func(h wire.Hello) []byte {
		h.Version = wire.Version{Major: 1, Minor: 1}
		b, err := wire.AppendHello(nil, h)
		require.NoError(t, err)
		return wire.AppendFrame(nil, wire.KindHello, 0, 0, b)
	}
	head := func(task string, m wire.Meta) []byte {
		b, err := wire.AppendRequestHead(nil, task, m)
		require.NoError(t, err)
		return b
	}
	reply := wire.AppendReplyHead(nil, wire.Measures{Queue: 2 * time.Microsecond, Run: 15 * time.Microsecond})
	unknown := wire.AppendError(nil, wire.Failure{Class: wire.ClassUnknownTask, Message: "no task cube"})
	canceled := wire.AppendError(nil, wire.Failure{Class: wire.ClassCanceled, Message: "context canceled", Marks: []string{"context.Canceled"}})
	return []sent{
		{"parent", "HELLO, with no tasks", hello(wire.Hello{Build: "p1"})},
		{"worker", "HELLO, two tasks: square, and the stream count", hello(wire.Hello{Build: "w1", Tasks: []wire.TaskInfo{
			{Name: "square", Idempotent: true, Concurrent: 1, Input: "cbor", Output: "cbor"},
			{Name: "count", Stream: true, Concurrent: 2, Input: "cbor", Output: "cbor", Error: "cbor"},
		}})},
		{"worker", "READY, its set-up is done", wire.AppendFrame(nil, wire.KindReady, 0, 0)},
		{"parent", "REQUEST 1: square of 7, first attempt, 5 s left", wire.AppendFrame(nil, wire.KindRequest, 0, 1, head("square", wire.Meta{Attempt: 1, Remaining: 5 * time.Second}), []byte{0x07})},
		{"worker", "STARTED 1", wire.AppendFrame(nil, wire.KindStarted, 0, 1)},
		{"worker", "REPLY 1: 49, queued for 2 µs, ran for 15 µs", wire.AppendFrame(nil, wire.KindReply, 0, 1, reply, []byte{0x18, 0x31})},
		{"parent", "REQUEST 2: count, more follows", wire.AppendFrame(nil, wire.KindRequest, wire.FlagMore, 2, head("count", wire.Meta{}), []byte{0x19, 0x03})},
		{"parent", "CHUNK 2: the last byte of the body, which is 1000", wire.AppendFrame(nil, wire.KindChunk, 0, 2, []byte{0xE8})},
		{"worker", "STARTED 2", wire.AppendFrame(nil, wire.KindStarted, 0, 2)},
		{"worker", "ITEM 2: 1", wire.AppendFrame(nil, wire.KindItem, 0, 2, []byte{0x01})},
		{"worker", "ITEM 2: 2", wire.AppendFrame(nil, wire.KindItem, 0, 2, []byte{0x02})},
		{"parent", "CREDIT 2: two more bytes", wire.AppendFrame(nil, wire.KindCredit, 0, 2, wire.AppendCredit(nil, 2))},
		{"worker", "END 2, ran for 31 µs", wire.AppendFrame(nil, wire.KindEnd, 0, 2, wire.AppendEnd(nil, wire.Measures{Run: 31 * time.Microsecond}))},
		{"parent", "REQUEST 3: cube, which is not there", wire.AppendFrame(nil, wire.KindRequest, 0, 3, head("cube", wire.Meta{}), []byte{0x07})},
		{"worker", "ERROR 3: unknown task", wire.AppendFrame(nil, wire.KindError, 0, 3, unknown)},
		{"parent", "REQUEST 4: count to 9, with a key and a trace", wire.AppendFrame(nil, wire.KindRequest, 0, 4, head("count", wire.Meta{
			Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Key: "k4",
		}), []byte{0x09})},
		{"worker", "STARTED 4", wire.AppendFrame(nil, wire.KindStarted, 0, 4)},
		{"parent", "CANCEL 4", wire.AppendFrame(nil, wire.KindCancel, 0, 4, wire.AppendText(nil, "no longer needed"))},
		{"parent", "PING", wire.AppendFrame(nil, wire.KindPing, 0, 0, wire.AppendPing(nil, 1))},
		{"worker", "PONG: 3 started, 2 finished, the oldest runs for 80 µs", wire.AppendFrame(nil, wire.KindPong, 0, 0, wire.AppendPong(nil, wire.Pong{Token: 1, Started: 3, Finished: 2, Oldest: 80 * time.Microsecond}))},
		{"worker", "ERROR 4: canceled", wire.AppendFrame(nil, wire.KindError, 0, 4, canceled)},
		{"worker", "kind 0xF0: optional and unknown, skipped", wire.AppendFrame(nil, 0xF0, 0, 0, []byte("?"))},
		{"parent", "STOP; the worker exits with status 0", wire.AppendFrame(nil, wire.KindStop, 0, 0)},
	}
}

// render writes the session as the document has it: a header's line, then
// lines of sixteen bytes of payload.
func render(s []sent) string {
	var b strings.Builder
	for _, f := range s {
		fmt.Fprintf(&b, "%s: %s\n", f.by, f.about)
		for line := range chunks(f.frame, 16) {
			fmt.Fprintf(&b, "  % x\n", line)
		}
	}
	return b.String()
}

func chunks(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			c := b[:min(n, len(b))]
			b = b[len(c):]
			if !yield(c) {
				return
			}
		}
	}
}

// recorded cuts the session out of the document.
func recorded(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile(protocolDoc)
	require.NoError(t, err)
	const begin, end = "```session\n", "```"
	_, rest, ok := strings.Cut(string(doc), begin)
	require.True(t, ok, "no session in "+protocolDoc)
	text, _, ok := strings.Cut(rest, end)
	require.True(t, ok)
	return text
}

// Guarantee(interop): docs/protocol.md shows a whole session in hexadecimal that is, byte for byte, what the code writes and reads.
func TestTheDocumentedSessionIsWhatTheCodeWrites(t *testing.T) {
	assert.Equal(t, render(session(t)), recorded(t))
}

func TestTheDocumentedSessionIsWhatTheCodeReads(t *testing.T) {
	streams := map[string]*bytes.Buffer{"parent": {}, "worker": {}}
	by := ""
	for line := range strings.Lines(recorded(t)) {
		if who, _, ok := strings.Cut(line, ": "); ok {
			by = who
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(line), " ", ""))
		require.NoError(t, err, line)
		require.Contains(t, streams, by)
		streams[by].Write(b)
	}
	for by, stream := range streams {
		a := wire.NewAssembler(0, 0)
		for _, f := range frames(t, stream.Bytes(), 0) {
			if by == "parent" {
				require.True(t, f.Kind.FromParent(), f.Kind)
			} else {
				require.True(t, f.Kind.FromWorker(), f.Kind)
			}
			whole, ok, err := a.Add(f)
			require.NoError(t, err)
			if ok {
				require.NoError(t, parse(whole), whole.Kind)
			}
		}
		assert.Zero(t, a.Open())
	}
}

// parse reads the payload of any whole message.
func parse(f wire.Frame) (err error) {
	switch f.Kind {
	case wire.KindHello:
		_, err = wire.ParseHello(f.Payload)
	case wire.KindRequest:
		_, err = wire.ParseRequest(f.Payload)
	case wire.KindReply:
		_, err = wire.ParseReply(f.Payload)
	case wire.KindEnd:
		_, err = wire.ParseEnd(f.Payload)
	case wire.KindError:
		_, err = wire.ParseError(f.Payload)
	case wire.KindCredit:
		_, err = wire.ParseCredit(f.Payload)
	case wire.KindPing:
		_, err = wire.ParsePing(f.Payload)
	case wire.KindPong:
		_, err = wire.ParsePong(f.Payload)
	case wire.KindReady, wire.KindStarted, wire.KindStop:
		err = wire.ParseEmpty(f.Kind, f.Payload)
	default: // a text, a body, or what is skipped
	}
	return err
}

// The doc's table of kinds is held against the code, too.
func TestTheDocumentNamesEveryKindAndLimit(t *testing.T) {
	doc, err := os.ReadFile(protocolDoc)
	require.NoError(t, err)
	for k := range 256 {
		if kind := wire.Kind(k); kind.Known() {
			assert.Contains(t, string(doc), fmt.Sprintf("| 0x%02X | %s |", k, kind))
		}
	}
	for c := wire.ClassTask; c <= wire.ClassStopping; c++ {
		assert.Contains(t, string(doc), fmt.Sprintf("| %d | %s |", c, c))
	}
	d := wire.DefaultLimits()
	for _, n := range []uint64{uint64(d.MaxFrame), d.MaxBody, uint64(d.Window), wire.HardLimit, wire.MinFrame, wire.MinBody, wire.MaxHello, wire.MaxTasks, wire.MaxName, wire.MaxMapEntries, wire.MaxMapBytes, wire.MaxMarks, wire.MaxMessage, wire.MaxText} {
		assert.Contains(t, string(doc), fmt.Sprintf("| %d |", n))
	}
	for _, name := range []string{wire.EnvVersion, wire.EnvFDs, wire.EnvHandles, wire.EnvDepth, wire.EnvBegun, wire.EnvInherited, wire.EnvPlace, wire.EnvNumber} {
		assert.Contains(t, string(doc), "`"+name+"`")
	}
}
