package wire_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// checkAgain holds that what was parsed can be appended and parsed again to
// the same: a parser takes nothing that it cannot say.
func checkAgain[T any](t *testing.T, first T, parse func([]byte) (T, error), appended []byte) {
	t.Helper()
	second, err := parse(appended)
	if err != nil {
		t.Fatalf("what was appended does not parse: %v\n%#v", err, first)
	}
	if !reflect.DeepEqual(first, second) {
		t.Fatalf("not the same again:\n%#v\n%#v", first, second)
	}
}

func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, stream []byte, maxFrame uint32) {
		r := wire.NewReader(bytes.NewReader(stream), maxFrame%(1<<20))
		read := 0
		for {
			frame, err := r.Next()
			if r.BufferSize() > max(4*len(stream), wire.UsualBuffer) {
				t.Fatalf("%d bytes arrived, %d are held", len(stream), r.BufferSize())
			}
			if err != nil {
				checkReadError(t, err, stream[read:])
				return
			}
			again := wire.AppendFrame(nil, frame.Kind, frame.Flags, frame.ID, frame.Payload)
			if !bytes.HasPrefix(stream[read:], again) {
				t.Fatalf("read %x at %d of %x", again, read, stream)
			}
			read += len(again)
		}
	})
}

func checkReadError(t *testing.T, err error, rest []byte) {
	t.Helper()
	var format *wire.FormatError
	var limit *wire.LimitError
	var kind *wire.UnknownKindError
	switch {
	case errors.Is(err, io.EOF):
		if len(rest) > 0 {
			t.Fatalf("io.EOF with %d bytes left", len(rest))
		}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &format), errors.As(err, &limit), errors.As(err, &kind):
		if len(rest) == 0 {
			t.Fatalf("%v with nothing left", err)
		}
	default:
		t.Fatalf("untyped error %v", err)
	}
}

func FuzzHello(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := wire.ParseHello(b)
		if err != nil || h.Version.Major != wire.Current().Major {
			return
		}
		again, err := wire.AppendHello(nil, h)
		if err != nil {
			t.Fatalf("parsed, but cannot be said: %v\n%#v", err, h)
		}
		checkAgain(t, h, wire.ParseHello, again)
	})
}

func FuzzRequest(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := wire.ParseRequest(b)
		if err != nil {
			return
		}
		m := r.Meta()
		head, err := wire.AppendRequestHead(nil, string(r.Task), m)
		if err != nil {
			t.Fatalf("parsed, but cannot be said: %v\n%#v", err, m)
		}
		again, err := wire.ParseRequest(append(head, r.Body...))
		if err != nil {
			t.Fatalf("what was appended does not parse: %v", err)
		}
		if string(again.Task) != string(r.Task) || !bytes.Equal(again.Body, r.Body) || !reflect.DeepEqual(again.Meta(), m) {
			t.Fatalf("not the same again:\n%#v\n%#v", r, again)
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := wire.ParseReply(b)
		if err != nil {
			return
		}
		checkAgain(t, r, wire.ParseReply, append(wire.AppendReplyHead(nil, r.Measures), r.Body...))
	})
}

func FuzzError(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := wire.ParseError(b)
		if err != nil || len(e.Message) > wire.MaxMessage {
			return
		}
		if l := e.TooLong; l != nil && (l.What != wire.BoundBody || l.Limit > wire.HardLimit || l.Size <= l.Limit) {
			t.Fatalf("%+v is no message that is too long", *l)
		}
		checkAgain(t, e, wire.ParseError, wire.AppendError(nil, e))
	})
}

func FuzzControl(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := wire.ParsePong(b); err == nil {
			checkAgain(t, p, wire.ParsePong, wire.AppendPong(nil, p))
		}
		if p, err := wire.ParsePing(b); err == nil {
			checkAgain(t, p, wire.ParsePing, wire.AppendPing(nil, p))
		}
		if p, err := wire.ParseCredit(b); err == nil {
			checkAgain(t, p, wire.ParseCredit, wire.AppendCredit(nil, p))
		}
		if m, err := wire.ParseEnd(b); err == nil {
			checkAgain(t, m, wire.ParseEnd, wire.AppendEnd(nil, m))
		}
		if err := wire.ParseEmpty(wire.KindStop, b); (err == nil) != (len(b) == 0) {
			t.Fatalf("%q is empty, or not: %v", b, err)
		}
		if text := wire.ParseText(b); len(text) <= wire.MaxText {
			if again := wire.ParseText(wire.AppendText(nil, text)); again != text {
				t.Fatalf("%q became %q", text, again)
			}
		}
	})
}

// FuzzBootstrap reads its input as the variables that a parent sets.
func FuzzBootstrap(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := wire.ParseChannels(s); err == nil {
			if c.Requests == c.Crash || c.Replies == c.Crash {
				t.Fatalf("%v shares its crash channel", c)
			}
			if again, err := wire.ParseChannels(c.String()); err != nil || again != c {
				t.Fatalf("%q became %v, %v", c, again, err)
			}
		}
		if n, err := wire.ParseBegun(s); err == nil {
			if again, err := wire.ParseBegun(strconv.FormatUint(uint64(n), 10)); err != nil || again != n {
				t.Fatalf("%q became %d, then %d, %v", s, n, again, err)
			}
			if n > math.MaxInt {
				t.Fatalf("%q became %d, which is no descriptor", s, n)
			}
		}
		if fds, err := wire.ParseInherited(s); err == nil {
			var numbers []int
			for _, fd := range fds {
				numbers = append(numbers, int(fd))
			}
			if again, err := wire.ParseInherited(wire.FormatInherited(numbers)); err != nil || !slices.Equal(again, fds) {
				t.Fatalf("%q became %v, then %v, %v", s, fds, again, err)
			}
		}
		if v, err := wire.ParseVersion(s); err == nil {
			if again, err := wire.ParseVersion(v.String()); err != nil || again != v {
				t.Fatalf("%q became %v, %v", v, again, err)
			}
			if agreed, err := wire.Agree(wire.Current(), v); err == nil && agreed.Minor > wire.Current().Minor {
				t.Fatalf("agreed on %v", agreed)
			}
		}
	})
}

// FuzzHeader reads a header that may be anything, and writes what it accepts.
func FuzzHeader(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := wire.ParseHeader(b)
		if err != nil {
			return
		}
		again := make([]byte, wire.HeaderSize)
		wire.PutHeader(again, h)
		if !bytes.Equal(again, b[:wire.HeaderSize]) {
			t.Fatalf("%x became %x", b[:wire.HeaderSize], again)
		}
	})
}

// FuzzAssembler reads its input as a stream of frames with short limits.
func FuzzAssembler(f *testing.F) {
	const maxBody, maxOpen = 64, 4
	f.Fuzz(func(t *testing.T, stream []byte) {
		a := wire.NewAssembler(maxBody, maxOpen)
		r := wire.NewReader(bytes.NewReader(stream), 0)
		arrived := 0
		for {
			frame, err := r.Next()
			if err != nil {
				return
			}
			arrived += len(frame.Payload)
			whole, ok, err := a.Add(frame)
			if a.Open() > maxOpen || a.HeldBytes() > min(2*arrived+16*maxOpen, 3*maxBody*maxOpen) {
				t.Fatalf("%d open, %d bytes held of %d", a.Open(), a.HeldBytes(), arrived)
			}
			var limit *wire.LimitError
			if err != nil && (!errors.As(err, &limit) || limit.What != wire.BoundBody) {
				return // the connection is over
			}
			if ok && (err != nil || whole.Kind == wire.KindChunk || whole.Flags != 0 || int(whole.Length) != len(whole.Payload)) {
				t.Fatalf("whole %+v, error %v", whole.Header, err)
			}
		}
	})
}
