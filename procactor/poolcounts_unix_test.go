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
		assert.Equal(t, deathOrdered, judge(facts{reaped: true, up: true, code: -1, signal: sig}).death, "%v", sig)
	}
}
