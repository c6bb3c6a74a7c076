package procactortest

import (
	"encoding/binary"
	"os"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// The tasks that a villain pretends to have: bytes for bytes.
const (
	taskEcho  = "echo"
	taskItems = "items"
)

func goodEcho() procactor.Task[[]byte, []byte] {
	return procactor.NewTask(taskEcho, echoes)
}

// send writes one frame; a Length of its own is sent as it is.
func (v *villain) send(h wire.Header, payload ...byte) {
	if h.Length == 0 {
		h.Length = uint32(len(payload))
	}
	b := make([]byte, wire.HeaderSize, wire.HeaderSize+len(payload))
	wire.PutHeader(b, h)
	v.write(append(b, payload...))
}

// write writes bytes. Whoever cannot be written to has hung up: that ends nothing.
func (v *villain) write(b []byte) { v.writeTo(v.out, b) }

func (v *villain) writeTo(f *os.File, b []byte) {
	if _, err := f.Write(b); err != nil {
		v.rest()
	}
}

// flood writes the bytes again and again, and says so.
func (v *villain) flood(f *os.File, b []byte) {
	for i := 0; ; i++ {
		v.writeTo(f, b)
		if i == 16 {
			v.tell(flooding)
		}
	}
}

// flooding is what a villain tells when its flood runs.
const flooding = "flooding"

// bulk is many times the same frame, for floods of small ones.
func bulk(kind wire.Kind, id uint64, payload ...byte) (b []byte) {
	for len(b) < 32<<10 {
		b = wire.AppendFrame(b, kind, 0, id, payload)
	}
	return b
}

func goodHello() wire.Hello {
	return wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits(), Tasks: []wire.TaskInfo{
		{Name: taskEcho, Concurrent: 1, Input: "cbor", Output: "cbor"},
		{Name: taskItems, Concurrent: 1, Stream: true, Input: "cbor", Output: "cbor"},
	}}
}

func (v *villain) hello(change func(*wire.Hello)) {
	h := goodHello()
	if change != nil {
		change(&h)
	}
	payload, err := wire.AppendHello(nil, h)
	if err != nil {
		exit(93)
	}
	v.send(wire.Header{Kind: wire.KindHello}, payload...)
}

// rawHello is a HELLO that claims so many tasks, and has those that are given.
func rawHello(count uint32, tasks ...byte) []byte {
	b, err := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	if err != nil {
		exit(92)
	}
	b = b[:len(b)-8] // the count of tasks, and the empty map behind them
	b = binary.LittleEndian.AppendUint32(b, count)
	b = append(b, tasks...)
	return append(b, 0, 0, 0, 0)
}

// rawTask is one task of a HELLO.
func rawTask(name string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
	b = append(b, name...)
	b = append(b, 0, 1, 0, 0, 0) // no flags, one at a time
	return append(b, make([]byte, 12)...)
}

func (v *villain) ready() { v.hello(nil); v.send(wire.Header{Kind: wire.KindReady}) }

// serve does what is right until the first request, whose id it returns.
func (v *villain) serve() uint64 {
	v.ready()
	return v.await(wire.KindRequest)
}

// await returns the id of the next frame of that kind.
func (v *villain) await(k wire.Kind) uint64 {
	for {
		f, err := v.in.Next()
		if err != nil {
			v.rest()
		}
		if f.Kind == k {
			return f.ID
		}
	}
}

// reply answers well: with no bytes.
func (v *villain) reply(id uint64) { v.replyWith(id, 0x40) }

func (v *villain) replyWith(id uint64, body ...byte) {
	v.send(wire.Header{Kind: wire.KindReply, ID: id}, append(wire.AppendReplyHead(nil, wire.Measures{}), body...)...)
}

// answerAll serves every request, and nothing else.
func (v *villain) answerAll() {
	v.ready()
	for {
		v.reply(v.await(wire.KindRequest))
	}
}

// chunks sends a message that does not end, of which the first frame has that kind.
func (v *villain) chunks(kind wire.Kind, id uint64, piece []byte) {
	v.send(wire.Header{Kind: kind, Flags: wire.FlagMore, ID: id}, 0)
	for {
		v.send(wire.Header{Kind: wire.KindChunk, Flags: wire.FlagMore, ID: id}, piece...)
	}
}
