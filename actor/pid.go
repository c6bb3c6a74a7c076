package actor

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
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

// noPID is the text of the zero PID.
const noPID = "none"

// signs are those of a PID's text that must not be in a name.
const signs = "%:@"

// escape writes the signs in a name as URLs do.
func escape(name string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(name, signs)
		if i < 0 {
			b.WriteString(name)
			return b.String()
		}
		fmt.Fprintf(&b, "%s%%%02X", name[:i], name[i])
		name = name[i+1:]
	}
}

// unescape takes what escape returns; false: it is not of that kind.
func unescape(text string) (string, bool) {
	var b strings.Builder
	for {
		before, after, more := strings.Cut(text, "%")
		b.WriteString(before)
		if !more {
			return b.String(), true
		}
		if len(after) < 2 {
			return "", false
		}
		sign, err := strconv.ParseUint(after[:2], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(sign))
		text = after[2:]
	}
}

// MarshalText returns what [PID.String] does, but with '%', ':' and '@' in the
// name escaped as in URLs, so that UnmarshalText finds the same PID in it. It
// never fails.
func (p PID) MarshalText() ([]byte, error) {
	if p == (PID{}) {
		return []byte(noPID), nil
	}
	escaped := p
	escaped.Name = escape(p.Name)
	if p.Node == "" && p.Incarnation == 0 && p.Name == noPID {
		escaped.Name = "%6Eone"
	}
	return []byte(escaped.String()), nil
}

// UnmarshalText takes what MarshalText returns.
func (p *PID) UnmarshalText(text []byte) error {
	*p = PID{}
	rest := string(text)
	if rest == noPID {
		return nil
	}
	var read PID
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		read.Node, rest = rest[:i], rest[i+1:]
	}
	name, number, numbered := strings.Cut(rest, "@")
	if numbered {
		var err error
		if read.Incarnation, err = strconv.ParseUint(number, 10, 64); err != nil {
			return fmt.Errorf("actor: PID %.80q: %w", text, err)
		}
	}
	var ok bool
	if read.Name, ok = unescape(name); !ok {
		return fmt.Errorf("actor: PID %.80q: a wrong escape in its name", text)
	}
	*p = read
	return nil
}
