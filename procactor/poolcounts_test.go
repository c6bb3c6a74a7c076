package procactor

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
)

func TestWhichDeathsCount(t *testing.T) {
	for name, c := range countedCases() {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, counted(c.reason)) })
	}
}

type countedCase struct {
	reason error
	want   bool
}

func countedCases() map[string]countedCase {
	return map[string]countedCase{
		"a panic":                {&ExitError{Code: 2}, true},
		"a kill by others":       {&ExitError{Code: -1, Signal: syscall.SIGKILL}, true},
		"a kill of ours":         {&ExitError{Code: -1, Signal: syscall.SIGKILL, Killed: true, Why: ErrOverdue}, false},
		"a term of ours":         {fmt.Errorf("%w: %w", actor.ErrShutdown, &ExitError{Code: -1, Signal: syscall.SIGTERM, Killed: true}), false},
		"silence":                {&ExitError{Code: -1, Signal: syscall.SIGKILL, Killed: true, Why: fmt.Errorf("%w for 30s", ErrSilent)}, true},
		"a broken protocol":      {&actor.ProtocolError{Peer: "w", Err: errTest}, true},
		"an end without a cause": {actor.ErrNormal, true},
	}
}
