package commands

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// A run that has to be killed has ended before its child would be given up.
func TestGraceOfARunEndsBeforeThatOfItsChild(t *testing.T) {
	for shutdown, want := range map[time.Duration]time.Duration{
		0:                    supervise.DefaultShutdown * 9 / 10,
		time.Second:          900 * time.Millisecond,
		1:                    1,
		supervise.Infinity:   1 << 62, // in nanoseconds: 146 years
		supervise.BrutalKill: -1,
	} {
		assert.Equal(t, want, graceOfRun(policy.Command{Shutdown: shutdown}), shutdown)
	}
}
