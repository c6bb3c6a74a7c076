package wire

import "time"

// The keys of a reply's map that this version knows.
const (
	keyQueue = "queue_us"
	keyRun   = "run_us"
	keyCPU   = "cpu_us"
)

// Measures is what a call cost in its worker. They are sent in microseconds,
// rounded up; a zero field is not sent.
type Measures struct {
	Queue time.Duration // from the request's arrival to STARTED
	Run   time.Duration // from STARTED to the answer
	CPU   time.Duration // processor time of the task, where it can be told apart
}

func (m Measures) append(kind Kind, dst []byte) []byte {
	w := beginMap(kind, dst)
	m.write(&w)
	dst, _ = w.end() // three short entries are within every bound
	return dst
}

func (m Measures) write(w *mapWriter) {
	if m.Queue > 0 {
		w.uint(keyQueue, micros(m.Queue))
	}
	if m.Run > 0 {
		w.uint(keyRun, micros(m.Run))
	}
	if m.CPU > 0 {
		w.uint(keyCPU, micros(m.CPU))
	}
}

// measures reads a map of measures; unknown keys are ignored.
func (c *cursor) measures() Measures {
	at := c.off
	return c.measuresOf(c.fields("measures"), at)
}

// measuresOf reads the entries of a map that begins at a place in the payload.
func (c *cursor) measuresOf(entries MapView, at int) (m Measures) {
	for k, v := range entries.All() {
		var to *time.Duration
		switch string(k) {
		case keyQueue:
			to = &m.Queue
		case keyRun:
			to = &m.Run
		case keyCPU:
			to = &m.CPU
		default:
			continue
		}
		n, ok := number(v)
		if !ok {
			c.fail("measures", at, ProblemNumber)
		}
		*to = duration(n)
	}
	return m
}

// AppendReplyHead appends the payload of a REPLY up to its body, which the
// caller appends next.
func AppendReplyHead(dst []byte, m Measures) []byte { return m.append(KindReply, dst) }

// Reply is the payload of a REPLY or END as it arrived.
type Reply struct {
	Measures Measures
	Body     []byte // aliases the payload; nil when empty, as it is in an END
}

// ParseReply reads the whole payload of a REPLY. It allocates nothing.
func ParseReply(b []byte) (Reply, error) {
	c := cursor{kind: KindReply, b: b}
	r := Reply{Measures: c.measures(), Body: c.rest()}
	if err := c.end(); err != nil {
		return Reply{}, err
	}
	return r, nil
}

// AppendEnd appends the payload of an END.
func AppendEnd(dst []byte, m Measures) []byte { return m.append(KindEnd, dst) }

// ParseEnd reads the payload of an END, which has no body.
func ParseEnd(b []byte) (Measures, error) {
	c := cursor{kind: KindEnd, b: b}
	m := c.measures()
	if err := c.end(); err != nil {
		return Measures{}, err
	}
	return m, nil
}
