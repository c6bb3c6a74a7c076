package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/internal/jsonkeys"
)

// Version is that of the protocol. A server answers another one with an error.
const Version = 1

// Bounds of what is read.
const (
	maxRequest = 16 << 10
	maxReply   = 64 << 20 // of a tree with very many children
	maxPath    = 4 << 10
	maxLines   = 100_000
)

// Op is what is asked for.
type Op string

// The operations.
const (
	OpStatus  Op = "ps"
	OpStop    Op = "stop"
	OpStart   Op = "start"
	OpRestart Op = "restart"
	OpReload  Op = "reload"
	OpSignal  Op = "signal"
	OpLogs    Op = "logs"
	OpEvents  Op = "events"
)

func (o Op) known() bool {
	switch o {
	case OpStatus, OpStop, OpStart, OpRestart, OpReload, OpSignal, OpLogs, OpEvents:
		return true
	}
	return false
}

// Request is what a client sends.
type Request struct {
	Version int    `json:"version"`
	Op      Op     `json:"op"`
	Path    string `json:"path,omitempty"`   // of a child, below the root; empty: the whole tree
	Lines   int    `json:"lines,omitempty"`  // logs, events: how many of the last ones
	Follow  bool   `json:"follow,omitempty"` // logs: and those that come
	Once    bool   `json:"once,omitempty"`   // events: and none that come
	Signal  string `json:"signal,omitempty"` // signal: its name or number, as [ParseSignal] reads it
	Group   bool   `json:"group,omitempty"`  // signal: for the whole process group
}

// follows reports whether the answer goes on until somebody ends it.
func (r Request) follows() bool { return r.Op == OpEvents && !r.Once || r.Op == OpLogs && r.Follow }

// Code is a kind of failure.
type Code string

// The codes.
const (
	CodeBadRequest Code = "bad_request" // it cannot be read
	CodeVersion    Code = "version"     // another protocol
	CodeNotFound   Code = "not_found"   // there is no such child
	CodeConflict   Code = "conflict"    // it cannot be done in the state that the child is in
	CodeFailed     Code = "failed"      // it was tried
	CodeBusy       Code = "busy"        // too many clients
	CodeGone       Code = "gone"        // the tree is ending
)

// Error is a failure as the server tells it.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Reply is a line of an answer: the outcome first.
type Reply struct {
	Version int          `json:"version"`
	Error   *Error       `json:"error,omitempty"`
	Tree    *Node        `json:"tree,omitempty"`
	Line    *output.Line `json:"line,omitempty"`
	Event   *Event       `json:"event,omitempty"`
	Changes *Changes     `json:"changes,omitempty"` // of a reload
	End     bool         `json:"end,omitempty"`     // nothing comes any more, as it should be
}

// Node is a supervisor or a child, as ps shows it.
type Node struct {
	ID          string    `json:"id"`
	Path        string    `json:"path"` // below the root; of the root itself empty
	Type        string    `json:"type"` // supervisor or worker
	State       string    `json:"state"`
	PID         int       `json:"pid,omitempty"`          // of the operating system's process
	PIDs        []int     `json:"pids,omitempty"`         // of a pool's, when there are several
	StoppedPIDs []int     `json:"stopped_pids,omitempty"` // of these, those that a signal has stopped; on Linux
	Since       time.Time `json:"since,omitzero"`
	Restart     string    `json:"restart,omitempty"`
	Significant bool      `json:"significant,omitempty"`
	Restarts    int       `json:"restarts"`
	LastReason  string    `json:"last_reason,omitempty"`
	LastExit    time.Time `json:"last_exit,omitzero"`
	NextTry     time.Time `json:"next_try,omitzero"`
	CircuitOpen bool      `json:"circuit_open,omitempty"`
	Finished    bool      `json:"finished,omitempty"` // it is down, as it should be
	Strategy    string    `json:"strategy,omitempty"` // of a supervisor
	Intensity   int       `json:"intensity,omitempty"`
	Period      string    `json:"period,omitempty"`
	Used        int       `json:"used,omitempty"` // restarts within the period
	Children    []Node    `json:"children,omitempty"`
	Forgotten   []string  `json:"forgotten,omitempty"` // of a supervisor: ids that the policy file has and it has not, such as of temporary children that have ended
}

// Changes are what a reload has done, by paths of programs below the root.
type Changes struct {
	Restarted []string `json:"restarted,omitempty"` // or started, or stopped
	Added     []string `json:"added,omitempty"`
	Removed   []string `json:"removed,omitempty"`
	Retuned   []string `json:"retuned,omitempty"` // also supervisors: changed without a restart
	Left      []string `json:"left,omitempty"`    // as they were
}

// Event is a decision of a supervisor.
type Event struct {
	At         time.Time `json:"at"`
	Supervisor string    `json:"supervisor"` // path below the root
	Kind       string    `json:"kind"`
	Child      string    `json:"child,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Verdict    string    `json:"verdict,omitempty"`
	Rule       int       `json:"rule,omitempty"`
	Delay      string    `json:"delay,omitempty"`
	Used       int       `json:"used,omitempty"`
	Allowed    int       `json:"allowed,omitempty"`
	Period     string    `json:"period,omitempty"`
	Lost       int       `json:"lost,omitempty"`
	Text       string    `json:"text"` // all of it for a reader, but the time
}

// ParseRequest reads a line of a client. Every error is an *[Error].
func ParseRequest(line []byte) (Request, error) {
	var versioned struct {
		Version int `json:"version"`
	}
	let := jsonkeys.Lenience{Unknown: true} // of another version
	bad := func(format string, args ...any) (Request, error) {
		return Request{}, &Error{CodeBadRequest, fmt.Sprintf(format, args...)}
	}
	if len(line) > maxRequest {
		return bad("the request has more than %d bytes", maxRequest)
	}
	if err := json.Unmarshal(line, &versioned); err != nil {
		return bad("the request is not JSON: %v", err)
	}
	if err := jsonkeys.Check(line, reflect.TypeOf(versioned), let); err != nil {
		return bad("the request cannot be read: %v", err)
	}
	if versioned.Version != Version {
		return Request{}, &Error{CodeVersion, fmt.Sprintf("the tree's proctor speaks version %d, and not %d", Version, versioned.Version)}
	}
	var r Request
	if err := strictly(line, &r); err != nil {
		return bad("the request cannot be read: %v", err)
	}
	switch {
	case !r.Op.known():
		return bad("there is no operation %.40q", string(r.Op))
	case len(r.Path) > maxPath || !utf8.ValidString(r.Path) || strings.ContainsFunc(r.Path, func(c rune) bool { return c < ' ' }):
		return bad("that is no path")
	case r.Lines < 0 || r.Lines > maxLines:
		return bad("lines are not between 0 and %d", maxLines)
	}
	return r, nil
}

// errTrailing is for what comes behind the value of a line.
var errTrailing = errors.New("something follows it")

// strictly reads one JSON object with no keys but those that are known, each
// once, as it is written and with a value.
func strictly(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	if err := jsonkeys.Check(line, reflect.TypeOf(into), jsonkeys.Lenience{}); err != nil {
		return err
	}
	return noNull(line)
}

// noNull refuses a key with null, which encoding/json takes for one that is not
// there: of a client whose path has no value the whole tree would be stopped.
func noNull(line []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(line, &values); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if string(values[key]) == "null" {
			return fmt.Errorf("%q is null: give it a value, or leave it out", key)
		}
	}
	return nil
}

// ParseReply reads a line of a server. What it does not know it ignores: a
// later server of the same version may say more.
func ParseReply(line []byte) (Reply, error) {
	var r Reply
	if err := json.Unmarshal(line, &r); err != nil {
		return Reply{}, fmt.Errorf("the answer cannot be read: %w", err)
	}
	if err := jsonkeys.Check(line, reflect.TypeOf(r), jsonkeys.Lenience{Unknown: true}); err != nil {
		return Reply{}, fmt.Errorf("the answer cannot be read: %w", err)
	}
	if r.Version != Version && r.Error == nil {
		return Reply{}, fmt.Errorf("the tree's proctor speaks version %d, and this one %d", r.Version, Version)
	}
	return r, nil
}
