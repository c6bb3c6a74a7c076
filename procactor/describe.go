package procactor

import (
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

func joinOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}
