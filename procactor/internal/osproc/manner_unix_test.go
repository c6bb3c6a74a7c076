//go:build unix

package osproc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/unix"
)

func TestTimeAllowedIsSpent(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, tt := range map[string]struct {
		sig  unix.Signal
		time timeAllowed
		want bool
	}{
		"KILL at the hard limit":           {unix.SIGKILL, timeAllowed{true, 10 * s, 5 * s, 10 * s}, true},
		"KILL, by ticks":                   {unix.SIGKILL, timeAllowed{true, 7 * s, 5 * s, 10 * s}, true},
		"KILL long before":                 {unix.SIGKILL, timeAllowed{true, 4 * s, 5 * s, 10 * s}, false},
		"KILL without a limit":             {unix.SIGKILL, timeAllowed{true, 9999 * s, -1, -1}, false},
		"KILL, nothing is known":           {unix.SIGKILL, timeAllowed{}, false},
		"XCPU at the soft limit, raised":   {unix.SIGXCPU, timeAllowed{true, 5 * s, 6 * s, 10 * s}, true},
		"XCPU at the least soft limit":     {unix.SIGXCPU, timeAllowed{true, 1 * s, 2 * s, -1}, true},
		"XCPU of others, long before":      {unix.SIGXCPU, timeAllowed{true, 1 * s, 5 * s, 10 * s}, false},
		"XCPU of others, without a limit":  {unix.SIGXCPU, timeAllowed{true, 1 * s, -1, -1}, false},
		"XCPU, nothing is known":           {unix.SIGXCPU, timeAllowed{}, true},
		"another signal at the hard limit": {unix.SIGSEGV, timeAllowed{true, 10 * s, 5 * s, 10 * s}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.time.spent(tt.sig))
		})
	}
}
