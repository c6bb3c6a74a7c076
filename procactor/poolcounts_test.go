package procactor

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
)

func TestWhichDeathsCount(t *testing.T) {
	for name, c := range countedCases() {
		t.Run(name, func(t *testing.T) {
			c.ended.reaped, c.ended.up = true, true
			assert.Equal(t, c.want, strains(judge(c.ended).death))
		})
	}
}

type countedCase struct {
	ended facts
	want  bool
}

func countedCases() map[string]countedCase {
	return map[string]countedCase{
		"a panic":          {facts{code: 2}, true},
		"a kill by others": {facts{code: -1, signal: os.Kill}, true},
		"a kill of ours":   {facts{code: -1, signal: os.Kill, stops: stops{killed: true, why: ErrOverdue}}, false},
		"a term of ours":   {facts{code: -1, signal: syscall.SIGTERM, stops: stops{asked: true, why: actor.ErrShutdown}}, false},
		"silence":          {facts{code: -1, signal: os.Kill, stops: stops{killed: true, why: fmt.Errorf("%w for 30s", ErrSilent), motive: motiveSilence}}, true},
		"a kill for a breach": {facts{
			code: -1, signal: os.Kill, stops: stops{killed: true, why: &actor.ProtocolError{Peer: "w", Err: errTest}, motive: motiveBreach},
		}, false},
		"an end without a cause": {facts{}, true},
	}
}
