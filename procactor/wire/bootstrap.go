package wire

import (
	"strconv"
	"strings"
)

// The environment variables by which a parent tells a program that it is its
// worker. The worker removes these before it does anything else, so that the
// programs it starts do not take themselves for workers.
const (
	EnvVersion = "PROCTOR_WIRE"    // the parent's version, "1.0"
	EnvFDs     = "PROCTOR_FDS"     // Unix: three descriptors, "3,4,5"
	EnvHandles = "PROCTOR_HANDLES" // Windows: three handles, decimal
	EnvDepth   = "PROCTOR_DEPTH"   // how deep below the top parent, 1 for its own workers
	EnvBegun   = "PROCTOR_BEGUN"   // since 1.1: one descriptor, or handle, of memory of BegunSize bytes; may be absent

	EnvInherited = "PROCTOR_INHERITED" // Unix: descriptors of the parent that are not meant for the worker, "7,9"; may be absent
)

// The variables that a worker keeps, for its tasks and for whoever looks at the
// processes of a machine. Programs that it starts by itself inherit them.
const (
	EnvPlace  = "PROCTOR_PLACE"  // the path of the worker as an actor, "top/thumbs#2"
	EnvNumber = "PROCTOR_NUMBER" // its number in its pool, from 1, decimal; 1 for a worker that is in none
)

// maxInherited is how many descriptors EnvInherited names at most: a variable
// has a bound, on Linux of 128 KiB.
const maxInherited = 4096

// FormatInherited returns the descriptors as [EnvInherited] holds them; the first
// 4,096 of them.
func FormatInherited(fds []int) string {
	var b []byte
	for i, fd := range fds[:min(len(fds), maxInherited)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(fd), 10)
	}
	return string(b)
}

// ParseInherited reads what [FormatInherited] writes.
func ParseInherited(s string) ([]uintptr, error) {
	var fds []uintptr
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || len(fds) == maxInherited {
			return nil, &FormatError{Field: EnvInherited, Problem: ProblemNumber}
		}
		fds = append(fds, uintptr(n))
	}
	return fds, nil
}

// BegunSize is how much memory EnvBegun is of: two numbers of 64 bits in the
// byte order of the machine. The first is where, counted in bytes from the
// first of HELLO, the last REQUEST ends that the worker has begun, the second
// its complement.
const BegunSize = 16

// ParseBegun reads the number that [EnvBegun] holds.
func ParseBegun(s string) (uintptr, error) {
	n, err := strconv.ParseUint(s, 10, strconv.IntSize-1)
	if err != nil {
		return 0, &FormatError{Field: EnvBegun, Problem: ProblemNumber}
	}
	return uintptr(n), nil
}

// Channels are the inherited descriptors (on Windows handles) of a worker. Its
// standard streams are none of them.
type Channels struct {
	Requests uintptr // the worker reads frames from it; its end means that the parent is gone
	Replies  uintptr // the worker writes frames to it; the same number as Requests when both are one socket
	Crash    uintptr // the worker writes the text of its crash to it
}

// String returns c as the variables hold it.
func (c Channels) String() string {
	var b []byte
	b = strconv.AppendUint(b, uint64(c.Requests), 10)
	b = append(b, ',')
	b = strconv.AppendUint(b, uint64(c.Replies), 10)
	b = append(b, ',')
	b = strconv.AppendUint(b, uint64(c.Crash), 10)
	return string(b)
}

// ParseChannels reads what [Channels.String] writes. The crash channel must be
// another than the two of the frames.
func ParseChannels(s string) (Channels, error) {
	var n [3]uintptr
	parts := strings.Split(s, ",")
	if len(parts) != len(n) {
		return Channels{}, &FormatError{Field: "descriptors", Problem: ProblemShort}
	}
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, strconv.IntSize-1)
		if err != nil {
			return Channels{}, &FormatError{Field: "descriptors", Offset: i, Problem: ProblemNumber}
		}
		n[i] = uintptr(v)
	}
	c := Channels{Requests: n[0], Replies: n[1], Crash: n[2]}
	if c.Crash == c.Requests || c.Crash == c.Replies {
		return Channels{}, &FormatError{Field: "descriptors", Offset: 2, Problem: ProblemDuplicate}
	}
	return c, nil
}
