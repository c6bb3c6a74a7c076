package procactor

import (
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

// What is not known of an end is said once.
func TestExitErrorOfAnUnknownEnd(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]osproc.Facts{
		"worker process 7: it has not ended, though we killed it: shutdown": {Stops: osproc.Stops{Killed: true, Why: actor.ErrShutdown}},
		"worker process 7: its status is not known: test":                   {Reaped: true, StatusErr: errTest},
		"worker process 7: its status is not known: test: shutdown":         {Reaped: true, StatusErr: errTest, Stops: osproc.Stops{Asked: true, Why: actor.ErrShutdown}},
	} {
		assert.EqualError(t, newExitError(7, osproc.Judge(f), nil), want)
	}
}
