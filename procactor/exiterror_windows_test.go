package procactor

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/windows"
)

func TestExceptionsAreNamed(t *testing.T) {
	t.Parallel()
	died := &ExitError{PID: 7, Code: 0xc0000005, Signal: osproc.Exception(windows.STATUS_ACCESS_VIOLATION)}
	assert.Equal(t, "worker process 7 was ended by exception 0xc0000005 (access violation)", died.Error())
	assert.Equal(t, "worker process 7 was killed by us", (&ExitError{PID: 7, Code: -1, Signal: os.Kill, Killed: true}).Error())
}
