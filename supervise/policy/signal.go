package policy

import (
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/internal/nearest"
)

// signals are the names of all signals that can end a process on Linux, macOS
// or a BSD, as their kernels' headers have them; a file is checked alike on each.
func signals() []string {
	return strings.Fields(`SIGABRT SIGALRM SIGBUS SIGEMT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGKILL SIGPIPE SIGPROF
		SIGPWR SIGQUIT SIGSEGV SIGSTKFLT SIGSYS SIGTERM SIGTRAP SIGUSR1 SIGUSR2 SIGVTALRM SIGXCPU SIGXFSZ`)
}

// signal is the name of a signal that can end a process.
func signal() kind[string] {
	names := signals()
	return plain(dict{"enum": names}, func(s string) (string, string) {
		if slices.Contains(names, s) {
			return "", ""
		}
		hint := "write one such as SIGSEGV or SIGKILL"
		if near := nearest.To(s, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		return quote(s) + " is no name of a signal that ends a process", hint
	})
}
