package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// A Reader takes frames off a stream, and refuses what is too long by its
// header alone.
func ExampleReader() {
	stream := wire.AppendFrame(nil, wire.KindReady, 0, 0)
	stream = wire.AppendFrame(stream, wire.KindPing, 0, 0, wire.AppendPing(nil, 42))
	stream = wire.AppendFrame(stream, wire.KindReply, 0, 1, make([]byte, 5000))

	r := wire.NewReader(bytes.NewReader(stream), 4096)
	for {
		f, err := r.Next() // the payload is valid until the next Next
		if err != nil {
			_, tooLong := errors.AsType[*wire.LimitError](err)
			fmt.Println(err, tooLong)
			return
		}
		fmt.Println(f.Kind, f.ID, len(f.Payload))
	}
	// Output:
	// READY 0 0
	// PING 0 8
	// wire: 5000 bytes of a frame, the limit is 4096 true
}

func ExampleNewReader() {
	r := wire.NewReader(bytes.NewReader(wire.AppendFrame(nil, wire.KindStop, 0, 0)), 0) // the default limit
	f, err := r.Next()
	fmt.Println(f.Kind, err)
	_, err = r.Next()
	fmt.Println(errors.Is(err, io.EOF))
	// Output:
	// STOP <nil>
	// true
}

// A HELLO says what a side speaks, what it bears and what it can do.
func ExampleAppendHello() {
	b, err := wire.AppendHello(nil, wire.Hello{
		Version: wire.Current(),
		Build:   "resizer 7",
		Tasks:   []wire.TaskInfo{{Name: "resize", Idempotent: true, Input: "cbor", Output: "cbor"}},
	})
	fmt.Println(len(b) > 0, err)

	_, err = wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Tasks: []wire.TaskInfo{{}}})
	fmt.Println(err)
	// Output:
	// true <nil>
	// wire: HELLO: task at byte 0 is empty
}

func ExampleParseHello() {
	b, _ := wire.AppendHello(nil, wire.Hello{
		Version: wire.Current(),
		Tasks:   []wire.TaskInfo{{Name: "resize", Idempotent: true, Input: "cbor", Output: "cbor"}},
	})
	h, err := wire.ParseHello(b)
	task, ok := h.Task("resize")
	fmt.Println(task.Idempotent, ok, err)
	fmt.Println(h.Limits == wire.DefaultLimits()) // zero fields were sent as these

	_, err = wire.ParseHello(b[:3])
	_, malformed := errors.AsType[*wire.FormatError](err)
	fmt.Println(malformed)
	// Output:
	// true true <nil>
	// true
	// true
}

// The head of a request is followed by its body, which the codec appends.
func ExampleAppendRequestHead() {
	b, err := wire.AppendRequestHead(nil, "upper", wire.Meta{Attempt: 1})
	b = append(b, "hello"...)
	req, _ := wire.ParseRequest(b)
	fmt.Printf("%s(%q) %v\n", req.Task, req.Body, err)

	_, err = wire.AppendRequestHead(nil, "", wire.Meta{})
	fmt.Println(err)
	// Output:
	// upper("hello") <nil>
	// wire: REQUEST: task at byte 0 is empty
}

func ExampleParseRequest() {
	b, _ := wire.AppendRequestHead(nil, "upper", wire.Meta{
		Key:       "a.txt",
		Attempt:   2,
		Remaining: 3 * time.Second,
		Other:     wire.Map{{Key: "tenant", Value: "7"}},
	})
	req, err := wire.ParseRequest(append(b, "hello"...)) // allocates nothing: it aliases b
	fmt.Printf("%s, attempt %d, %v left, %s, %v\n", req.Task, req.Attempt, req.Remaining, req.Body, err)

	meta := req.Meta() // a copy that outlives b
	tenant, ok := meta.Other.Get("tenant")
	fmt.Println(meta.Key, tenant, ok)
	// Output:
	// upper, attempt 2, 3s left, hello, <nil>
	// a.txt 7 true
}

func ExampleAppendReplyHead() {
	b := wire.AppendReplyHead(nil, wire.Measures{Run: 2 * time.Millisecond})
	b = append(b, "HELLO"...)
	reply, err := wire.ParseReply(b)
	fmt.Printf("%s after %v, %v\n", reply.Body, reply.Measures.Run, err)
	// Output: HELLO after 2ms, <nil>
}

func ExampleParseReply() {
	reply, err := wire.ParseReply(wire.AppendReplyHead(nil, wire.Measures{Queue: time.Millisecond}))
	fmt.Println(reply.Body == nil, reply.Measures.Queue, err)

	_, err = wire.ParseReply(nil)
	fmt.Println(err)
	// Output:
	// true 1ms <nil>
	// wire: REPLY: measures at byte 0 ends too early
}

// What cannot be sent as it is, is sent as well as it can be: no failure is
// kept from its caller.
func ExampleAppendError() {
	b := wire.AppendError(nil, wire.Failure{Class: 99, Message: "not \xff UTF-8"})
	f, err := wire.ParseError(b)
	fmt.Println(f.Class, f.Message, err)
	// Output: task not � UTF-8 <nil>
}

func ExampleParsePong() {
	b := wire.AppendPong(nil, wire.Pong{Token: 42, Started: 9, Finished: 8, Oldest: time.Second})
	p, err := wire.ParsePong(b)
	fmt.Println(p.Token, p.Started-p.Finished, "running, the oldest for", p.Oldest, err)
	// Output: 42 1 running, the oldest for 1s <nil>
}

func ExampleParseVersion() {
	v, err := wire.ParseVersion("1.7")
	fmt.Println(v.Major, v.Minor, err)
	_, err = wire.ParseVersion("one")
	fmt.Println(err)
	// Output:
	// 1 7 <nil>
	// wire: frame: PROCTOR_WIRE at byte 0 is not a decimal number in range
}

func ExampleParseHeader() {
	b := make([]byte, wire.HeaderSize)
	wire.PutHeader(b, wire.Header{Length: 5, Kind: wire.KindReply, ID: 7})
	fmt.Printf("% x\n", b)
	h, err := wire.ParseHeader(b)
	fmt.Println(h.Kind, h.ID, h.Length, err)

	b[4] = 0x7f // a critical kind of a later version
	_, err = wire.ParseHeader(b)
	fmt.Println(err)
	// Output:
	// 05 00 00 00 07 00 00 00 07 00 00 00 00 00 00 00
	// REPLY 7 5 <nil>
	// wire: kind 0x7f is critical and unknown
}

// A consumer that has gone forgets the rest of what comes for it.
func ExampleAssembler_Discard() {
	a := wire.NewAssembler(0, 0)
	first := wire.Frame{Header: wire.Header{Length: 3, Kind: wire.KindReply, Flags: wire.FlagMore, ID: 7}, Payload: []byte("abc")}
	_, whole, err := a.Add(first)
	fmt.Println(whole, err, a.Open())

	a.Discard(7)
	last := wire.Frame{Header: wire.Header{Length: 3, Kind: wire.KindChunk, ID: 7}, Payload: []byte("def")}
	f, whole, err := a.Add(last)
	fmt.Println(whole, f.Kind, len(f.Payload), err, a.Open())
	// Output:
	// false <nil> 1
	// true REPLY 0 <nil> 0
}
