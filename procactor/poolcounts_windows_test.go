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
