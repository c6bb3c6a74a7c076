// Package scenario plays supervisors by a script: a JSON file has a tree and
// what happens to it, step by step, and the trace says what the supervisors did
// about it. Traces of the same scenarios by Erlang/OTP's own supervisor are what
// package supervise is held against.
//
// A scenario is an object with these keys:
//
//	name, doc    text
//	unordered    true when the order within a step does not count
//	setup        steps before the tree is started: fail_starts and hang_stop
//	supervisor   the tree
//	steps        what happens, each step when all that came of the one before has come to rest
//
// A supervisor has the keys strategy, intensity, period, auto_shutdown, boot
// (stop or restart, which OTP has not) and children; a child id, restart, shutdown, type, significant and supervisor.
// Names and defaults are OTP's. Times are strings such as "5s" or "100ms".
// Whatever OTP's supervisor refuses may be written, and is refused when it
// starts.
//
// A step is one of
//
//	{"exit": path or list of paths, "reason": reason}    they end by themselves
//	{"start_child": path, "spec": child}                 without spec: another instance of a template
//	{"terminate_child": path}, {"restart_child": path}, {"delete_child": path}
//	{"count_children": path}, {"which_children": path}
//	{"fail_starts": path, "times": n, "reason": how, "queue": [{"at": n, "step": request}]}
//	{"hang_stop": path}
//	{"advance": time}
//	{"stop": reason}
//
// with the reasons normal, shutdown, shutdown:TERM, crash and, for exit, kill;
// how is error, exception or ignore. See [supervise.TraceLine] for the lines of a
// trace.
package scenario

import (
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// Scenario is a tree and what happens to it.
type Scenario struct {
	Name       string
	Doc        string
	Unordered  bool // the order of the lines of one step does not count
	Setup      []Step
	Supervisor *Supervisor // nil in a script for a tree from elsewhere
	Steps      []Step
}

// Supervisor is a supervisor as it is written: what is absent is nil, and what
// OTP refuses is possible.
type Supervisor struct {
	Strategy     *string
	Intensity    *int
	Period       *time.Duration
	AutoShutdown *string
	Boot         *string // not in OTP
	Children     []Child
}

// Child is a child as it is written.
type Child struct {
	ID          string
	Restart     *string
	Shutdown    *Shutdown
	Type        *string
	Significant *bool
	Supervisor  *Supervisor // nil: a worker
}

// Shutdown is how a child is stopped, as it is written.
type Shutdown struct {
	Word string        // "brutal_kill" or "infinity"; otherwise empty
	Time time.Duration // when there is no word
}

// Op is what a step does, by its key.
type Op string

// The steps.
const (
	Exit           Op = "exit"
	StartChild     Op = "start_child"
	TerminateChild Op = "terminate_child"
	RestartChild   Op = "restart_child"
	DeleteChild    Op = "delete_child"
	CountChildren  Op = "count_children"
	WhichChildren  Op = "which_children"
	FailStarts     Op = "fail_starts"
	HangStop       Op = "hang_stop"
	Advance        Op = "advance"
	Stop           Op = "stop"
)

// Step is one step. Which fields count depends on Op.
type Step struct {
	Op     Op
	Paths  []string      // one path; Exit: one or more; Advance, Stop: none
	List   bool          // Exit: it was written as a list
	Reason string        // Exit, FailStarts, Stop; empty: absent
	Spec   *Child        // StartChild
	Times  *int          // FailStarts
	Queue  []Queued      // FailStarts
	Time   time.Duration // Advance
}

// Queued is a request that arrives while a planned start fails.
type Queued struct {
	At   int
	Step Step
}

// Path is the first of Paths.
func (s Step) Path() string {
	if len(s.Paths) == 0 {
		return ""
	}
	return s.Paths[0]
}

// Trace is what a scenario gives.
type Trace = supervise.Trace
