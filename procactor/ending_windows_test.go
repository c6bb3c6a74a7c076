package procactor

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/windows"
)

func TestWhichDeathsCountOnWindows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]countedCase{
		"an access violation":    {facts{code: 0xc0000005, signal: exception(windows.STATUS_ACCESS_VIOLATION)}, true},
		"a Ctrl-C":               {facts{code: 0xc000013a, signal: exception(windows.STATUS_CONTROL_C_EXIT)}, false},
		"terminated by somebody": {facts{code: 1}, true},
		"terminated by us":       {facts{code: -1, signal: os.Kill, stops: stops{killed: true, why: ErrOverdue}}, false},
	} {
		tt.ended.reaped, tt.ended.up = true, true
		assert.Equal(t, tt.want, strains(judge(tt.ended).death), name)
	}
}

func TestExceptionsAreNoExitCodes(t *testing.T) {
	t.Parallel()
	for status, want := range map[uint32]bool{
		0: false, 1: false, 2: false, 0x80000003: false, 0xffffffff: false, killedExitCode: false,
		0xc0000005: true, 0xc00000fd: true, 0xc000013a: true, 0xe06d7363: true,
	} {
		assert.Equal(t, want, isException(status), "%#x", status)
	}
	died := &ExitError{PID: 7, Code: 0xc0000005, Signal: exception(windows.STATUS_ACCESS_VIOLATION)}
	assert.Equal(t, "worker process 7 was ended by exception 0xc0000005 (access violation)", died.Error())
	assert.Equal(t, "worker process 7 was killed by us", (&ExitError{PID: 7, Code: -1, Signal: os.Kill, Killed: true}).Error())
}
