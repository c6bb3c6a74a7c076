package policy

import "fmt"

// OnFail is what becomes of a child that runs at an interval when one of its
// runs fails: does not exit with 0, is ended by a signal, or cannot be started.
type OnFail uint8

const (
	// FailCrash makes it the crash of the child, about which its restart and
	// its on_exit decide. It is the default.
	FailCrash OnFail = iota
	// FailLog has it logged and told, and nothing else: the next run comes at
	// its time.
	FailLog
)

// String returns the word of a policy file.
func (o OnFail) String() string {
	switch o {
	case FailCrash:
		return "crash"
	case FailLog:
		return "log"
	}
	return fmt.Sprintf("OnFail(%d)", uint8(o))
}
