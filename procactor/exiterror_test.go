package procactor

import (
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
)

// What is not known of an end is said once.
func TestExitErrorOfAnUnknownEnd(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]facts{
		"worker process 7: it has not ended, though we killed it: shutdown": {stops: stops{killed: true, why: actor.ErrShutdown}},
		"worker process 7: its status is not known: test":                   {reaped: true, statusErr: errTest},
		"worker process 7: its status is not known: test: shutdown":         {reaped: true, statusErr: errTest, stops: stops{asked: true, why: actor.ErrShutdown}},
	} {
		assert.EqualError(t, newExitError(7, judge(f), nil), want)
	}
}
