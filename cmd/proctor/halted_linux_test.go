package main

import (
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that a signal has stopped does nothing, and its supervisor does not know:
// ps says so, and --check that it is not up.
func TestProgramIsStoppedBySignal(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "plain.yaml", plainTree))
	p.eventuallyRuns(t)
	p.good(t, "ps", "--check")
	pid := p.ps(t)["plain"].PID
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	p.eventually(t, func(tree map[string]control.Node) bool { return len(tree["plain"].StoppedPIDs) > 0 })
	n := p.ps(t)["plain"]
	assert.Equal(t, []int{pid}, n.StoppedPIDs)
	assert.Equal(t, "running", n.State, "to its supervisor")
	assert.Contains(t, p.good(t, "ps"), "running (stopped by a signal)")
	told := p.do(t, "ps", "--check")
	assert.Equal(t, 1, told.code)
	assert.Contains(t, told.stderr, `not up: plain is running (stopped by a signal): "proctor signal plain CONT" has it go on`)

	p.good(t, "signal", "plain", "CONT")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["plain"].StoppedPIDs == nil })
	p.good(t, "ps", "--check")

	p.good(t, "signal", "plain", "STOP") // it is woken to end
	r.signal(t, syscall.SIGTERM)
	assert.Zero(t, r.end(t), r.text())
	requireGone(t, pid)
}
