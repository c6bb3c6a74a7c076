//go:build unix

package procactor

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPoliteSignalsDoNotCount(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		assert.False(t, counted(&ExitError{Code: -1, Signal: sig}), "%v", sig)
	}
}
