//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow has a child that takes until there is a file go to end.
const slow = `
supervisor:
  children:
    - id: slow
      shutdown: infinity
      command: [sh, -c, 'trap "echo asked; until [ -e go ]; do sleep 0.01; done; exit" TERM; echo up $$; while :; do sleep 0.01; done']
`

// A restart never leaves a child down that could not be started again: an
// instance, which is gone once it is stopped, is left as it is, and a temporary
// child is found in the file, also when it does not come up at once.
func TestRestartLosesNobody(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "mortal.yaml", `
supervisor:
  children:
    - id: pool
      supervisor:
        strategy: simple_one_for_one
        children: [{id: each, command: [sleep, "1000"]}]
    - {id: once, restart: temporary, command: [sh, -c, "[ ! -e bad ] || exit 1; echo up; exec sleep 1000"], ready: {stdout: ^up}}
`))
	r.await(t, "| up")
	p.good(t, "start", "pool")
	before := p.pids(t)
	refused := p.do(t, "restart", "pool/each#1")
	assert.Equal(t, 1, refused.code)
	assert.Contains(t, refused.stderr, "is left as it is")
	assert.NotZero(t, before["pool/each#1"])
	assert.Equal(t, before["pool/each#1"], p.pids(t)["pool/each#1"])

	p.good(t, "restart", "once")
	after := p.pids(t)["once"]
	assert.NotZero(t, after)
	assert.NotEqual(t, before["once"], after)
	p.write(t, "bad", "")
	failed := p.do(t, "restart", "once")
	assert.Equal(t, 1, failed.code)
	assert.Contains(t, failed.stderr, "start top/once")
	assert.Equal(t, "stopped", p.ps(t)["once"].State)
	require.NoError(t, os.Remove(filepath.Join(p.dir, "bad")))
	p.good(t, "restart", "once")
	assert.Equal(t, "running", p.ps(t)["once"].State)
}

// An empty variable in a script is no --all.
func TestStopOfNobodyStopsNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	assert.Equal(t, 2, p.do(t, "stop", "").code)
	assert.Equal(t, "running", p.ps(t)["first"].State)
}

// Whoever asks for a restart, and goes while the child is being stopped, leaves
// no child behind that is down.
func TestRestartThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "slow.yaml", slow))
	before := pidAfter(t, r.await(t, "| up"), "up")
	client := p.command("restart", "slow")
	require.NoError(t, client.Start())
	r.await(t, "asked")
	require.NoError(t, client.Process.Kill())
	_ = client.Wait()
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["slow"].State == "stopping" })
	p.write(t, "go", "")
	after := pidAfter(t, r.await(t, "| up"), "up")
	assert.NotEqual(t, before, after)
}

// Of those who ask for a restart at once, each gets one.
func TestRestartsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "slow.yaml", slow))
	r.await(t, "| up")
	first := p.ends(t, func() {}, "restart", "slow")
	r.await(t, "asked")
	second := p.ends(t, func() {}, "restart", "slow")
	for range 5 { // it is asked by then, most likely
		p.ps(t)
	}
	p.write(t, "go", "")
	assert.Equal(t, result{}, <-first)
	assert.Equal(t, result{}, <-second)
}

// Whoever asks for a reload, and goes while the tree is being changed, leaves no
// half of a change behind that a later reload would take for all of it.
func TestReloadThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const below = `
    - id: sub
      supervisor: {children: [{id: below, command: [sleep, NUMBER]}]}
`
	r := p.run(t, p.write(t, "slow.yaml", slow+strings.Replace(below, "NUMBER", "'999'", 1)))
	r.await(t, "| up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	before := p.ps(t)["sub/below"].PID
	p.write(t, "slow.yaml", "supervisor:\n  children:"+strings.Replace(below, "NUMBER", "'1000'", 1))
	client := p.command("reload")
	require.NoError(t, client.Start())
	r.await(t, "asked")
	require.NoError(t, client.Process.Kill())
	_ = client.Wait()
	p.write(t, "go", "")
	p.eventually(t, func(tree map[string]control.Node) bool {
		_, there := tree["slow"]
		return !there && tree["sub/below"].PID != 0 && tree["sub/below"].PID != before
	})
	r.await(t, "the policy is reloaded: sub: restart below")
}
