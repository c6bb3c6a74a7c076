package procactor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestStopLadder(t *testing.T) {
	t.Parallel()
	const grace, patience, last = time.Minute, 2 * time.Second, 5 * time.Second
	for name, tt := range map[string]struct {
		kind    stopKind
		grace   time.Duration
		signals bool
		want    []rung
	}{
		"a worker":                               {stopWorker, grace, true, []rung{{actStop, grace}, {actTerminate, patience}, {actDump, patience}, {actKill, last}}},
		"a worker that hangs":                    {stopHung, grace, true, []rung{{actTerminate, patience}, {actDump, patience}, {actKill, last}}},
		"a program":                              {stopProgram, grace, true, []rung{{actTerminate, grace}, {actKill, last}}},
		"a program that has as long as it likes": {stopProgram, 0, true, []rung{{actTerminate, 0}, {actKill, last}}},
		"a program that is not asked":            {stopProgram, -1, true, []rung{{actKill, last}}},
		"a program that may finish":              {stopFinish, grace, true, []rung{{actStop, grace}, {actTerminate, patience}, {actKill, last}}},
		"a guardian":                             {stopChannel, grace, true, []rung{{actStop, grace}, {actKill, last}}},
		// Without signals nothing is waited for that nobody was asked to do.
		"a worker, no signals":                  {stopWorker, grace, false, []rung{{actStop, grace}, {actKill, last}}},
		"a worker that hangs, no signals":       {stopHung, grace, false, []rung{{actKill, last}}},
		"a program, no signals":                 {stopProgram, grace, false, []rung{{actKill, last}}},
		"a program that may finish, no signals": {stopFinish, grace, false, []rung{{actStop, grace}, {actKill, last}}},
		"a guardian, no signals":                {stopChannel, grace, false, []rung{{actStop, grace}, {actKill, last}}},
	} {
		assert.Equal(t, tt.want, ladder(tt.kind, tt.grace, tt.signals), name)
	}
}
