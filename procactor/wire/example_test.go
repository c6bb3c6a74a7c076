package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// A request is written straight into the buffer that is sent, and cut when it
// is longer than the agreed frame.
func ExampleEndMessage() {
	agreed := wire.Limits{MaxFrame: 20}
	buf := wire.BeginFrame(nil, wire.KindRequest, 1)
	buf, err := wire.AppendRequestHead(buf, "upper", wire.Meta{})
	if err != nil {
		fmt.Println(err)
		return
	}
	buf = append(buf, "a body that is too long"...)
	buf, err = wire.EndMessage(buf, 0, agreed)
	if err != nil {
		fmt.Println(err)
		return
	}

	r := wire.NewReader(bytes.NewReader(buf), agreed.MaxFrame)
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		fmt.Println(f.Kind, f.ID, f.Length, f.Flags&wire.FlagMore != 0)
	}
	// Output:
	// REQUEST 1 20 true
	// CHUNK 1 16 false
}

// The receiving side puts messages together and parses what is whole.
func ExampleAssembler() {
	var stream []byte
	head, _ := wire.AppendRequestHead(nil, "upper", wire.Meta{Attempt: 1, Remaining: time.Second})
	stream = wire.AppendFrame(stream, wire.KindRequest, wire.FlagMore, 7, head, []byte("hel"))
	stream = wire.AppendFrame(stream, wire.KindPing, 0, 0, wire.AppendPing(nil, 1))
	stream = wire.AppendFrame(stream, wire.KindChunk, 0, 7, []byte("lo"))

	limits := wire.DefaultLimits()
	r := wire.NewReader(bytes.NewReader(stream), limits.MaxFrame)
	a := wire.NewAssembler(limits.MaxBody, 0)
	for {
		f, err := r.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		f, whole, err := a.Add(f)
		if err != nil {
			fmt.Println(err)
			return
		}
		if !whole {
			continue
		}
		switch f.Kind {
		case wire.KindRequest:
			req, err := wire.ParseRequest(f.Payload)
			fmt.Printf("%s(%q), %v left, %v\n", req.Task, req.Body, req.Remaining, err)
		default:
			fmt.Println(f.Kind)
		}
	}
	// Output:
	// PING
	// upper("hello"), 1s left, <nil>
	// EOF
}

// Both sides say HELLO; what both can do is what holds.
func ExampleAgree() {
	ours := wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()}
	b, _ := wire.AppendHello(nil, wire.Hello{
		Version: wire.Version{Major: 1, Minor: 3},
		Limits:  wire.Limits{MaxFrame: 64 << 10},
		Tasks:   []wire.TaskInfo{{Name: "square", Input: "cbor", Output: "cbor"}},
	})
	theirs, err := wire.ParseHello(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	version, err := wire.Agree(ours.Version, theirs.Version)
	fmt.Println(version, err)
	fmt.Println(ours.Limits.Min(theirs.Limits).MaxFrame, theirs.Tasks[0].Name)

	_, err = wire.Agree(ours.Version, wire.Version{Major: 2})
	fmt.Println(err)
	// Output:
	// 1.1 <nil>
	// 65536 square
	// wire: we speak version 1.1, the other side speaks 2.0
}

// An error travels with its class, its text and the names of what it is.
func ExampleParseError() {
	b := wire.AppendError(nil, wire.Failure{
		Class:   wire.ClassTask,
		Message: "read config: file does not exist",
		Marks:   []string{"fs.ErrNotExist"},
	})
	f, err := wire.ParseError(b)
	fmt.Println(f.Class, f.Message, f.Marks, err)

	_, err = wire.ParseError(b[:7])
	fmt.Println(err)
	// Output:
	// task read config: file does not exist [fs.ErrNotExist] <nil>
	// wire: ERROR: message at byte 1 ends too early
}

// A worker learns its descriptors from the environment.
func ExampleParseChannels() {
	c, err := wire.ParseChannels("3,3,4")
	fmt.Println(c.Requests, c.Replies == c.Requests, c.Crash, err)
	// Output: 3 true 4 <nil>
}
