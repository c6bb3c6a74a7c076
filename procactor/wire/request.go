package wire

import (
	"math"
	"time"
)

// The keys of a request's map that this version knows.
const (
	keyTraceparent = "traceparent"
	keyKey         = "key"
	keyAttempt     = "attempt"
	keyRemaining   = "remaining"
)

// Meta is what travels with a request beside its body. A zero field is not
// sent.
type Meta struct {
	Traceparent string        // W3C trace context, the traceparent header's value
	Key         string        // the call's key, by which a poison request is known
	Attempt     uint32        // 1 for the first delivery; zero: not said
	Remaining   time.Duration // until the caller's deadline, when the frame was written; sent in microseconds, rounded up; zero: no deadline
	Other       Map           // keys of the user's own; none of the above
}

// AppendRequestHead appends the payload of a REQUEST up to its body, which the
// caller appends next. A task name or Meta that is over its bound, or is not
// UTF-8, is a [*LimitError] or [*FormatError], and dst is returned unchanged.
func AppendRequestHead(dst []byte, task string, m Meta) ([]byte, error) {
	start := len(dst)
	if task == "" {
		return dst, &FormatError{Kind: KindRequest, Field: "task", Problem: ProblemEmpty}
	}
	if err := checkName(KindRequest, "task", task); err != nil {
		return dst, err
	}
	w := beginMap(KindRequest, appendStr(dst, task))
	if m.Traceparent != "" {
		w.text(keyTraceparent, m.Traceparent)
	}
	if m.Key != "" {
		w.text(keyKey, m.Key)
	}
	if m.Attempt != 0 {
		w.uint(keyAttempt, uint64(m.Attempt))
	}
	if m.Remaining > 0 {
		w.uint(keyRemaining, micros(m.Remaining))
	}
	if len(m.Other) > 0 {
		w.pairs(m.Other, keyTraceparent, keyKey, keyAttempt, keyRemaining)
	}
	dst, err := w.end()
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}

// Request is the payload of a REQUEST as it arrived. Everything but the
// numbers aliases the payload.
type Request struct {
	Task      []byte // a name for m[string(r.Task)], which does not allocate
	Attempt   uint32
	Remaining time.Duration // until the caller's deadline; zero: none
	Fields    MapView       // all keys, the known ones too
	Body      []byte        // nil when empty
}

// Meta returns a copy of r's map that outlives the payload. Keys that this
// version does not know are in Other.
func (r Request) Meta() Meta {
	m := Meta{Attempt: r.Attempt, Remaining: r.Remaining}
	for k, v := range r.Fields.All() {
		switch string(k) {
		case keyTraceparent:
			m.Traceparent = string(v)
		case keyKey:
			m.Key = string(v)
		case keyAttempt, keyRemaining:
		default:
			m.Other = append(m.Other, Pair{Key: string(k), Value: string(v)})
		}
	}
	return m
}

// ParseRequest reads the whole payload of a REQUEST. It allocates nothing.
func ParseRequest(b []byte) (Request, error) {
	c := cursor{kind: KindRequest, b: b}
	var r Request
	r.Task = c.name("task")
	if c.err == nil && len(r.Task) == 0 {
		c.fail("task", 0, ProblemEmpty)
	}
	at := c.off
	r.Fields = c.fields("meta")
	for k, v := range r.Fields.All() {
		switch string(k) {
		case keyAttempt:
			n, ok := number(v)
			if !ok || n > math.MaxUint32 {
				c.fail(keyAttempt, at, ProblemNumber)
			}
			r.Attempt = uint32(n)
		case keyRemaining:
			n, ok := number(v)
			if !ok {
				c.fail(keyRemaining, at, ProblemNumber)
			}
			r.Remaining = duration(n)
		}
	}
	r.Body = c.rest()
	if err := c.end(); err != nil {
		return Request{}, err
	}
	return r, nil
}
