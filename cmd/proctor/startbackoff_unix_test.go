//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
)

// A child that waits for an hour is started when somebody says so.
func TestStartDuringABackoff(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "late.yaml", `
supervisor:
  intensity: 5
  backoff: {initial: 1h, max: 1h}
  children:
    - {id: late, command: [sh, -c, 'echo tried; test -e good || exit 1; echo up; while :; do sleep 0.01; done']}
`))
	r.await(t, "tried")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["late"].State == "restarting" })
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "good"), nil, 0o600))
	p.good(t, "start", "late")
	r.await(t, "up")
	assert.Equal(t, "running", p.ps(t)["late"].State)
	p.good(t, "stop", "--all")
	assert.Equal(t, 0, r.end(t))
}
