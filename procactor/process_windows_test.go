package procactor_test

import (
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a worker starts cannot leave its job.
func TestNothingBreaksAwayFromTheJob(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	pid, err := act.On(p).Call(t.Context(), deed{Do: "break away"})
	if err == nil { // some systems start it all the same, inside of the job
		down := act.On(p).Watch(t.Context())
		require.NoError(t, p.Stop(t.Context()))
		<-down
		requireGone(t, pidOf(t, pid, nil))
		return
	}
	assert.ErrorContains(t, err, "denied")
}

func TestWorkerHasNoConsoleWindow(t *testing.T) {
	t.Parallel()
	seen, err := act.On(begin(t, quietSystem(t), "w", quick())).Call(t.Context(), deed{Do: "console window"})
	require.NoError(t, err)
	assert.Equal(t, "false", seen)
}

// Guarantee(windows): On Windows, a worker that an exception ended is reported with the exception's code and name.
func TestWorkerThatDiesOfAnException(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	_, err := act.On(p).Call(t.Context(), deed{Do: "exception"})
	failed(t, err, actor.Unknown)
	exit := exitOf(t, err)
	assert.Equal(t, 0xc0000005, exit.Code)
	require.NotNil(t, exit.Signal)
	assert.Equal(t, "exception 0xc0000005 (access violation)", exit.Signal.String())
	assert.False(t, exit.Killed)
	assert.ErrorContains(t, err, "was ended by exception 0xc0000005 (access violation)")
}
