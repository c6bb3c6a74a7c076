//go:build unix

package main

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ps shows the processes of all kinds of children that have some.
func TestProcessesOfWorkersAndPools(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	exe, err := os.Executable()
	require.NoError(t, err)
	r := p.run(t, p.write(t, "workers.yaml", `
supervisor:
  children:
    - {id: worker, command: [`+exe+`], env: {`+programVariable+`: ""}, ready: {frame: true}}
    - {id: pool, command: [`+exe+`], env: {`+programVariable+`: ""}, ready: {frame: true}, pool: {size: 3}}
    - {id: last, command: [sh, -c, "echo up; exec sleep 1000"]}
`))
	r.await(t, "| up")
	tree := p.ps(t)
	assert.False(t, isGone(tree["worker"].PID))
	require.Len(t, tree["pool"].PIDs, 3)
	for _, pid := range tree["pool"].PIDs {
		assert.False(t, isGone(pid))
	}
	assert.Regexp(t, `(?m)^  pool +running +\d+… \(3\) `, p.good(t, "ps"))

	mistyped := p.do(t, "stop", "workr")
	assert.Equal(t, 1, mistyped.code)
	assert.Contains(t, mistyped.stderr, `no child is called "workr"; did you mean "worker"?`)
}

// A program at an interval has its process in ps while it runs, and none before.
func TestProcessOfAProgramAtAnInterval(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "every.yaml", `
supervisor:
  children:
    - {id: later, command: ["true"], every: 24h}
    - id: deep
      supervisor: {children: [{id: often, command: [sh, -c, "echo up $$; exec sleep 1000"], every: 10ms}]}
`))
	pid := pidAfter(t, r.await(t, "| up"), "up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["deep/often"].PID == pid })
	tree := p.ps(t)
	assert.Zero(t, tree["later"].PID)
	assert.Zero(t, tree["deep"].PID)
}
