//go:build unix

package procactor_test

import (
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
)

// A KILL that nobody here sent is most often the kernel's, for want of memory,
// and one who reads the error should think of it.
func TestExitErrorThinksOfMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		exit procactor.ExitError
		want bool
	}{
		"KILL by others":   {procactor.ExitError{Code: -1, Signal: syscall.SIGKILL}, true},
		"KILL of ours":     {procactor.ExitError{Code: -1, Signal: syscall.SIGKILL, Killed: true, Why: procactor.ErrOverdue}, false},
		"TERM by others":   {procactor.ExitError{Code: -1, Signal: syscall.SIGTERM}, false},
		"an exit code":     {procactor.ExitError{Code: 137}, false},
		"SEGV of C code":   {procactor.ExitError{Code: -1, Signal: syscall.SIGSEGV}, false},
		"a panic, exit 2":  {procactor.ExitError{Code: 2, Panic: &actor.PanicError{Value: "boom"}}, false},
		"a clean end":      {procactor.ExitError{}, false},
		"our KILL, silent": {procactor.ExitError{Code: -1, Signal: syscall.SIGKILL, Killed: true, Why: procactor.ErrSilent}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.want {
				assert.ErrorContains(t, &c.exit, "out of memory?")
				return
			}
			assert.NotContains(t, c.exit.Error(), "out of memory")
		})
	}
}
