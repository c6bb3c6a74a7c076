package actor

import "fmt"

// RawRequest is a request without its Go types, as it travels to where it is
// done: its input is bytes, and its types are names. Whoever gets one may keep it, and
// must not change it. Fields may be added; what is not known is to be ignored.
type RawRequest struct {
	Op   string // "call", "cast" or "stream"
	Task string // what is to be done
	Key  string // what it is about; empty when nothing was said
	Body []byte // the input, as In writes it
	In   string // the name of the input's codec, such as "cbor"
	Out  string // of the output's
	Err  string // of that of typed errors; empty: errors are text

	Idempotent bool // it may be done again when nobody knows how far it got
	Concurrent int  // how many of this task one worker may do at once; at least 1
	Attempt    int  // 1 for the first delivery, more for one that is delivered again

	// Meta is what travels beside, by name; nil when there is nothing.
	// "traceparent" is a W3C trace context.
	Meta map[string]string
}

// RawError is an error that came back for a [RawRequest], without its Go type.
type RawError struct {
	// Class is that of the wire, in docs/protocol.md: 0 and 1 for the task's own
	// error, 2 for a task that is not known there, 3 for an input that does not
	// decode, 4 for an output that does not encode, 5 for a request that was
	// given up, 6 for one that was not begun since who does them is about to stop.
	Class   uint8
	Message string   // the error as text
	Marks   []string // which well-known errors it is, such as "fs.ErrNotExist"
	Body    []byte   // the typed error, as the codec of the request's Err writes it; nil when it is text only
}

// Error returns the text.
func (e *RawError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("an error of class %d without a text", e.Class)
	}
	return e.Message
}
