package procactor

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

func TestWhichDeathsCount(t *testing.T) {
	for name, c := range countedCases() {
		t.Run(name, func(t *testing.T) {
			c.ended.Reaped, c.ended.Up = true, true
			assert.Equal(t, c.want, strains(osproc.Judge(c.ended).Death))
		})
	}
}

type countedCase struct {
	ended osproc.Facts
	want  bool
}

func countedCases() map[string]countedCase {
	return map[string]countedCase{
		"a panic":          {osproc.Facts{Code: 2}, true},
		"a kill by others": {osproc.Facts{Code: -1, Signal: os.Kill}, true},
		"a kill of ours":   {osproc.Facts{Code: -1, Signal: os.Kill, Stops: osproc.Stops{Killed: true, Why: ErrOverdue}}, false},
		"a term of ours":   {osproc.Facts{Code: -1, Signal: syscall.SIGTERM, Stops: osproc.Stops{Asked: true, Why: actor.ErrShutdown}}, false},
		"silence":          {osproc.Facts{Code: -1, Signal: os.Kill, Stops: osproc.Stops{Killed: true, Why: fmt.Errorf("%w for 30s", ErrSilent), Motive: osproc.MotiveSilence}}, true},
		"a kill for a breach": {osproc.Facts{
			Code: -1, Signal: os.Kill, Stops: osproc.Stops{Killed: true, Why: &actor.ProtocolError{Peer: "w", Err: errTest}, Motive: osproc.MotiveBreach},
		}, false},
		"an end without a cause": {osproc.Facts{}, true},
	}
}
