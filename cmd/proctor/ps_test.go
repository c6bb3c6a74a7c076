//go:build unix

package main

import (
	"os"
	"testing"

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
