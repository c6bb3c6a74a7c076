//go:build unix

package procactor

import (
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

func TestPoliteSignalsDoNotCount(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		assert.Equal(t, osproc.DeathOrdered, osproc.Judge(osproc.Facts{Reaped: true, Up: true, Code: -1, Signal: sig}).Death, "%v", sig)
	}
}
