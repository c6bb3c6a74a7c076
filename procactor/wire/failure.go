package wire

import (
	"encoding/binary"
	"strconv"
)

// Class says whose error an ERROR is.
type Class uint8

// The classes of errors.
const (
	ClassTask        Class = 1 // the task returned it
	ClassUnknownTask Class = 2 // the worker has no such task
	ClassInput       Class = 3 // the body did not parse, or was too large
	ClassOutput      Class = 4 // the result did not encode, or was too large
	ClassCanceled    Class = 5 // given up because of CANCEL
	ClassStopping    Class = 6 // came after STOP and was not started
)

// String returns c in words.
func (c Class) String() string {
	switch c {
	case ClassTask:
		return "task"
	case ClassUnknownTask:
		return "unknown task"
	case ClassInput:
		return "input"
	case ClassOutput:
		return "output"
	case ClassCanceled:
		return "canceled"
	case ClassStopping:
		return "stopping"
	}
	return "class " + strconv.Itoa(int(c))
}

// Failure is the payload of an ERROR.
type Failure struct {
	Class    Class
	Message  string   // for people
	Marks    []string // names of the errors it is, such as "context.Canceled"; a receiver ignores those it does not know
	Measures Measures
	TooLong  *LimitError // with [BoundBody]: the answer, or the error's body, that was too long to be sent; nil: neither was
	Body     []byte      // the error by the task's codec for errors; nil: none. Aliases the payload when parsed
}

// AppendError appends the payload of an ERROR. It is never refused, since a
// failure that cannot be sent would leave its caller waiting: the
// message is cut at [MaxMessage] bytes and what in it is not UTF-8 replaced;
// marks above [MaxMarks], marks that are no names, and a TooLong that no message
// can have been, are left out; a Class that is none is sent as [ClassTask]. Only a long Body can pass the limit of a
// message; without it an ERROR always fits.
func AppendError(dst []byte, f Failure) []byte {
	class := f.Class
	if class < ClassTask || class > ClassStopping {
		class = ClassTask
	}
	dst = append(dst, byte(class))
	dst = appendStr(dst, cleanText(f.Message, MaxMessage))
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	n := 0
	for _, mark := range f.Marks {
		if n < MaxMarks && mark != "" && checkName(KindError, "mark", mark) == nil {
			dst = appendStr(dst, mark)
			n++
		}
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(n))
	w := beginMap(KindError, dst)
	f.Measures.write(&w)
	w.tooLong(f.TooLong)
	dst, _ = w.end() // five short entries are within every bound
	return append(dst, f.Body...)
}

// ParseError reads the whole payload of an ERROR. The Body aliases it. What it
// says of a message that was too long is nil when it makes no sense.
func ParseError(b []byte) (Failure, error) {
	c := cursor{kind: KindError, b: b}
	f := Failure{Class: Class(c.u8("class"))}
	if c.err == nil && (f.Class < ClassTask || f.Class > ClassStopping) {
		c.fail("class", 0, ProblemValue)
	}
	f.Message = c.text("message")
	f.Marks = c.marks()
	at := c.off
	entries := c.fields("measures")
	f.Measures, f.TooLong = c.measuresOf(entries, at), entries.tooLong()
	f.Body = c.rest()
	if err := c.end(); err != nil {
		return Failure{}, err
	}
	return f, nil
}

func (c *cursor) marks() (marks []string) {
	n := c.u32("marks")
	if c.err == nil && n > MaxMarks {
		c.limit(BoundMarks, MaxMarks, uint64(n))
	}
	for range n {
		at := c.off
		mark := c.name("mark")
		if c.err == nil && len(mark) == 0 {
			c.fail("mark", at, ProblemEmpty)
		}
		if c.err != nil {
			return nil
		}
		marks = append(marks, string(mark))
	}
	return marks
}
