package osproc

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChildIsLeaving(t *testing.T) {
	t.Parallel()
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	assert.False(t, (&Child{process: self}).Leaving(), "it runs")
	assert.True(t, (&Child{process: self, reaped: true}).Leaving(), "it has ended, and its number may be another's")
	assert.False(t, new(Child).Leaving(), "there is no process")

	cmd := exec.Command("true")
	require.NoError(t, cmd.Start())
	zombie := &Child{process: cmd.Process}
	assert.Eventually(t, zombie.Leaving, 2*time.Minute, 2*time.Millisecond, "nobody has waited for it")
	require.NoError(t, cmd.Wait())
}

func TestStatSaysExiting(t *testing.T) {
	t.Parallel()
	for stat, want := range map[string]bool{
		"12 (w) S 1 12 12 0 -1 4194560 1 2":   false,
		"12 (w) Z 1 12 12 0 -1 4227084 1 2":   true,
		"12 (w) R 1 12 12 0 -1 4 1 2":         true,
		"12 (a) 4 4 4 4 4) S 1 1 1 0 -1 64 1": false,
		"12 (w) R 1 12 12 0 -1 -4 1 2":        false,
		"12 (w) R 1 12 12 0 -1":               false,
		"12 (w) R 1":                          false,
		"":                                    false,
	} {
		assert.Equal(t, want, parseStat(stat).exiting(), stat)
	}
}
