package wire

import (
	"encoding/binary"
	"time"
)

// AppendText appends the payload of a BOOT_ERROR, CANCEL or REFUSE: the text
// itself, without a length. It is cut at [MaxText] bytes, never inside a
// character, and bytes that are not UTF-8 are replaced.
func AppendText(dst []byte, text string) []byte {
	return append(dst, cleanText(text, MaxText)...)
}

// ParseText reads what [AppendText] wrote, whatever its length: it is for
// people, so bytes that are not UTF-8 are replaced.
func ParseText(b []byte) string { return validText(b) }

// ParseEmpty reads the payload of a READY, STARTED or STOP, which have none.
func ParseEmpty(kind Kind, b []byte) error {
	c := cursor{kind: kind, b: b}
	return c.end()
}

// AppendCredit appends the payload of a CREDIT: n more bytes of ITEMs. An empty
// ITEM counts as one byte.
func AppendCredit(dst []byte, n uint32) []byte {
	return binary.LittleEndian.AppendUint32(dst, n)
}

// ParseCredit reads the payload of a CREDIT. Zero is not a credit.
func ParseCredit(b []byte) (uint32, error) {
	c := cursor{kind: KindCredit, b: b}
	n := c.u32("bytes")
	if c.err == nil && n == 0 {
		c.fail("bytes", 0, ProblemValue)
	}
	return n, c.end()
}

// AppendPing appends the payload of a PING. The token comes back in the PONG.
func AppendPing(dst []byte, token uint64) []byte {
	return binary.LittleEndian.AppendUint64(dst, token)
}

// ParsePing reads the payload of a PING.
func ParsePing(b []byte) (token uint64, err error) {
	c := cursor{kind: KindPing, b: b}
	token = c.u64("token")
	return token, c.end()
}

// Pong is the payload of a PONG: the answer, and what tells a worker that is
// busy from one that hangs.
type Pong struct {
	Token    uint64        // of the PING
	Started  uint64        // calls started so far
	Finished uint64        // those of the started that ended, in whatever way
	Oldest   time.Duration // age of the oldest running call, in microseconds; zero: none runs
}

// AppendPong appends the payload of a PONG.
func AppendPong(dst []byte, p Pong) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, p.Token)
	dst = binary.LittleEndian.AppendUint64(dst, p.Started)
	dst = binary.LittleEndian.AppendUint64(dst, p.Finished)
	return binary.LittleEndian.AppendUint64(dst, micros(p.Oldest))
}

// ParsePong reads the payload of a PONG.
func ParsePong(b []byte) (Pong, error) {
	c := cursor{kind: KindPong, b: b}
	p := Pong{Token: c.u64("token"), Started: c.u64("started"), Finished: c.u64("finished"), Oldest: duration(c.u64("oldest"))}
	return p, c.end()
}
