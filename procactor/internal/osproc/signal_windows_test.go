package osproc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExceptionsAreNoExitCodes(t *testing.T) {
	t.Parallel()
	for status, want := range map[uint32]bool{
		0: false, 1: false, 2: false, 0x80000003: false, 0xffffffff: false, killedExitCode: false,
		0xc0000005: true, 0xc00000fd: true, 0xc000013a: true, 0xe06d7363: true,
	} {
		assert.Equal(t, want, isException(status), "%#x", status)
	}
}
