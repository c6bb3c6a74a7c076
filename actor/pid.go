package actor

import (
	"log/slog"
	"strconv"
)

// PID names one life (incarnation) of one actor. It is what is watched and
// what dies; requests go to a [Ref], which outlives it. PIDs are comparable,
// and the zero PID names no actor.
type PID struct {
	// Node is the system the actor lives in; empty for this one.
	Node string
	// Name is the actor's path, such as "top/w" or "squares#2".
	Name string
	// Incarnation is unique within the node and grows with time: of two PIDs
	// of one name, the greater number is the later life.
	Incarnation uint64
}

// String returns the PID as "name@incarnation", behind "node:" when the actor
// lives elsewhere. The zero PID is "none".
func (p PID) String() string {
	if p == (PID{}) {
		return "none"
	}
	s := p.Name
	if p.Incarnation != 0 {
		s += "@" + strconv.FormatUint(p.Incarnation, 10)
	}
	if p.Node != "" {
		s = p.Node + ":" + s
	}
	return s
}

// LogValue implements [slog.LogValuer].
func (p PID) LogValue() slog.Value { return slog.StringValue(p.String()) }

var _ slog.LogValuer = PID{}
