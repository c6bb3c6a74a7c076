//go:build unix

package alone

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// assertGone checks that neither the child nor its group is left.
func assertGone(t *testing.T, pid int) {
	t.Helper()
	assert.ErrorIs(t, syscall.Kill(-pid, 0), syscall.ESRCH)
}
