package procactor

import (
	"strconv"
	"strings"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// describeTask says what a task takes and gives, for messages.
func describeTask(t wire.TaskInfo) string {
	kind := "reply"
	if t.Stream {
		kind = "stream"
	}
	s := t.Input + " to " + kind + " of " + t.Output
	if t.Error != "" {
		s += ", errors as " + t.Error
	}
	return s
}

// joinOr lists the names, which a worker may have given by the thousand.
func joinOr(names []string, none string) string {
	const most = 16
	switch {
	case len(names) == 0:
		return none
	case len(names) > most:
		return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
	}
	return strings.Join(names, ", ")
}

// textOf reads a worker's text, for people, up to what a sender should send.
func textOf(payload []byte) string { return wire.ParseText(payload[:min(len(payload), wire.MaxText)]) }
