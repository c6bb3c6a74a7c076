package wire

import "strconv"

// Kind says what a frame is. Kinds 0x01 to 0x7F are critical: whoever receives one
// it does not know must refuse it. Kinds 0x80 to 0xFF are optional: who
// receives one it does not know skips it. Zero is never valid.
type Kind uint8

// The critical kinds of version 1.0.
const (
	KindHello     Kind = 1  // both ways, the first frame of each
	KindReady     Kind = 2  // worker: the set-up is done, requests may come
	KindBootError Kind = 3  // worker: the set-up failed; text
	KindRequest   Kind = 4  // parent: one call
	KindChunk     Kind = 5  // both ways: more of the message with the same id
	KindStarted   Kind = 6  // worker: the task of this call has begun
	KindReply     Kind = 7  // worker: the call's result
	KindItem      Kind = 8  // worker: one item of a stream
	KindEnd       Kind = 9  // worker: the stream ended well
	KindError     Kind = 10 // worker: the call's error
	KindCancel    Kind = 11 // parent: give up this call; text
	KindCredit    Kind = 12 // parent: more bytes may be sent on this stream
	KindPing      Kind = 13 // parent: are you there
	KindPong      Kind = 14 // worker: yes, and this is my progress
	KindStop      Kind = 15 // parent: no new calls, finish, exit with status 0
	KindRefuse    Kind = 16 // both ways: why the sender hangs up; text
)

// The optional kinds reserved by version 1.0. Their payloads are not defined
// yet; a receiver skips them.
const (
	KindLog      Kind = 0x80
	KindMetrics  Kind = 0x81
	KindDump     Kind = 0x82
	KindOutput   Kind = 0x83
	KindProgress Kind = 0x84
	KindInput    Kind = 0x85
)

// side is a set of senders.
type side uint8

const (
	parent side = 1 << iota
	worker
)

// kindFacts is what the layout prescribes for one kind.
type kindFacts struct {
	name string
	from side
	call bool // carries a call's id; otherwise the id is zero
	more bool // may be continued by CHUNK frames
}

// facts returns what is known of k; ok is false for a kind without a name.
// A switch and not a map: it is on the road of every frame and costs no
// package-level state.
func (k Kind) facts() (f kindFacts, ok bool) {
	switch k {
	case KindHello:
		return kindFacts{name: "HELLO", from: parent | worker}, true
	case KindReady:
		return kindFacts{name: "READY", from: worker}, true
	case KindBootError:
		return kindFacts{name: "BOOT_ERROR", from: worker}, true
	case KindRequest:
		return kindFacts{name: "REQUEST", from: parent, call: true, more: true}, true
	case KindChunk:
		return kindFacts{name: "CHUNK", from: parent | worker, call: true, more: true}, true
	case KindStarted:
		return kindFacts{name: "STARTED", from: worker, call: true}, true
	case KindReply:
		return kindFacts{name: "REPLY", from: worker, call: true, more: true}, true
	case KindItem:
		return kindFacts{name: "ITEM", from: worker, call: true, more: true}, true
	case KindEnd:
		return kindFacts{name: "END", from: worker, call: true, more: true}, true
	case KindError:
		return kindFacts{name: "ERROR", from: worker, call: true, more: true}, true
	case KindCancel:
		return kindFacts{name: "CANCEL", from: parent, call: true}, true
	case KindCredit:
		return kindFacts{name: "CREDIT", from: parent, call: true}, true
	case KindPing:
		return kindFacts{name: "PING", from: parent}, true
	case KindPong:
		return kindFacts{name: "PONG", from: worker}, true
	case KindStop:
		return kindFacts{name: "STOP", from: parent}, true
	case KindRefuse:
		return kindFacts{name: "REFUSE", from: parent | worker}, true
	case KindLog:
		return kindFacts{name: "LOG"}, true
	case KindMetrics:
		return kindFacts{name: "METRICS"}, true
	case KindDump:
		return kindFacts{name: "DUMP"}, true
	case KindOutput:
		return kindFacts{name: "OUTPUT"}, true
	case KindProgress:
		return kindFacts{name: "PROGRESS"}, true
	case KindInput:
		return kindFacts{name: "INPUT"}, true
	}
	return kindFacts{}, false
}

// String returns the name of k as docs/protocol.md writes it, or its number in
// hexadecimal when it has none.
func (k Kind) String() string {
	if f, ok := k.facts(); ok {
		return f.name
	}
	return "kind 0x" + strconv.FormatUint(uint64(k), 16)
}

// Known tells whether k has a name in this version, reserved ones included.
func (k Kind) Known() bool {
	_, ok := k.facts()
	return ok
}

// Optional tells whether a receiver that does not know k skips it.
func (k Kind) Optional() bool { return k >= 0x80 }

// FromParent tells whether a parent may send k. Every optional kind may come
// from either side.
func (k Kind) FromParent() bool { return k.sentBy(parent) }

// FromWorker tells whether a worker may send k. Every optional kind may come
// from either side.
func (k Kind) FromWorker() bool { return k.sentBy(worker) }

func (k Kind) sentBy(s side) bool {
	if k.Optional() {
		return true
	}
	f, _ := k.facts()
	return f.from&s != 0
}
