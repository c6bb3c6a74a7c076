package procactor

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/windows"
)

func TestWhichDeathsCountOnWindows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]countedCase{
		"an access violation":    {osproc.Facts{Code: 0xc0000005, Signal: osproc.Exception(windows.STATUS_ACCESS_VIOLATION)}, true},
		"a Ctrl-C":               {osproc.Facts{Code: 0xc000013a, Signal: osproc.Exception(windows.STATUS_CONTROL_C_EXIT)}, false},
		"terminated by somebody": {osproc.Facts{Code: 1}, true},
		"terminated by us":       {osproc.Facts{Code: -1, Signal: os.Kill, Stops: osproc.Stops{Killed: true, Why: ErrOverdue}}, false},
	} {
		tt.ended.Reaped, tt.ended.Up = true, true
		assert.Equal(t, tt.want, strains(osproc.Judge(tt.ended).Death), name)
	}
}
