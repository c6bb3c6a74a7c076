//go:build unix

package live

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// What each signal means, by what is known of the terminal.
func TestMeaningOfSignals(t *testing.T) {
	t.Parallel()
	never, there := sightOf(false, false, 0), sightOf(true, true, 0)
	justGone, longGone := sightOf(true, false, 0), sightOf(true, false, farewell)
	for sig, want := range map[os.Signal]meaning{
		syscall.SIGTERM: isStop, syscall.SIGINT: isStop, syscall.SIGQUIT: isStop, syscall.SIGCHLD: isChild,
		syscall.SIGUSR1: isNobodys, syscall.SIGUSR2: isNobodys, syscall.SIGALRM: isNobodys,
		syscall.SIGPIPE: isIgnored, syscall.SIGWINCH: isIgnored, syscall.SIGCONT: isIgnored,
	} {
		for _, terminal := range []sight{never, there, justGone, longGone} {
			assert.Equal(t, want, whatIs(sig, terminal), "%v", sig)
		}
	}
	assert.Equal(t, isReload, whatIs(syscall.SIGHUP, never))
	assert.Equal(t, isReload, whatIs(syscall.SIGHUP, there))
	assert.Equal(t, isHangup, whatIs(syscall.SIGHUP, justGone))
	assert.Equal(t, isHangup, whatIs(syscall.SIGHUP, sightOf(true, false, farewell-time.Nanosecond)))
	assert.Equal(t, isReload, whatIs(syscall.SIGHUP, longGone), "nobody stopped it then: this is by kill")
}
