package link

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// FuzzParent has a parent read anything from a worker that it has two calls and
// a stream with.
func FuzzParent(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		again := func(wire.Frame) error { return errors.New("a second HELLO came") }
		c := New(Plain(joined{bytes.NewReader(b), io.Discard}), wire.MinBody, again)
		c.duty.asked = 2
		ended := make([]int, 4)
		for id := uint64(1); id <= 3; id++ {
			x := NewExchange(64, id == 3)
			underWay(c, id, x)
		}
		all := map[uint64]*Exchange{1: c.calls[1], 2: c.calls[2], 3: c.calls[3]}
		for c.readOne() {
			for id, x := range all {
				if c.calls[id] == nil && ended[id] == 0 {
					ended[id]++
					if !x.Answered() {
						t.Fatalf("call %d is over and has no answer", id)
					}
					_ = x.Result().Malformed()
				}
			}
		}
		held := 0
		for _, item := range all[3].takeItems() {
			held += len(item)
		}
		if held > len(b) {
			t.Fatalf("%d bytes came, %d are held", len(b), held)
		}
		for _, x := range c.TakeOpen() {
			if x.Answered() {
				t.Fatalf("call %d has an answer and is still open", x.id)
			}
			x.Finish(Answer{Err: io.EOF})
		}
		for id, x := range all {
			if !x.Answered() {
				t.Fatalf("call %d never ended", id)
			}
		}
	})
}
