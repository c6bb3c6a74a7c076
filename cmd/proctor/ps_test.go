//go:build unix

package main

import (
	"os"
	"syscall"
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

// A health check fails when something is down that is to run.
func TestPsChecks(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, p.write(t, "tree.yaml", `
supervisor:
  circuit: true
  intensity: 0
  children:
    - {id: done, restart: transient, command: ["true"]}
    - {id: later, command: ["true"], every: 24h}
    - id: back
      supervisor: {intensity: 0, children: [{id: web, command: [sleep, "1000"]}]}
`))
	p.eventuallyRuns(t)
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["done"].Finished })
	assert.Contains(t, p.good(t, "ps", "--check"), "web")
	p.good(t, "stop", "web")
	r := p.do(t, "ps", "--check")
	assert.Equal(t, 1, r.code)
	assert.Equal(t, "proctor: not up: back/web is stopped\n", r.stderr)
	assert.Contains(t, r.stdout, "web")
	p.good(t, "ps")
	p.good(t, "start", "web")
	p.good(t, "ps", "--check")
	require.NoError(t, syscall.Kill(p.ps(t)["back/web"].PID, syscall.SIGKILL))
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["back"].CircuitOpen })
	r = p.do(t, "ps", "--json", "--check")
	assert.Equal(t, 1, r.code)
	assert.Equal(t, "proctor: not up: back is stopped (too many restarts)\n", r.stderr)
	assert.Contains(t, r.stdout, `"circuit_open":true`)
}
