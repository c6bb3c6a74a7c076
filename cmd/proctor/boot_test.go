//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ten is a tree of ten programs, of which the fifth comes up at its third try.
func ten(strategy, boot string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "supervisor:\n  strategy: %s\n  intensity: 5\n  period: 1h\n  boot: %s\n  children:\n", strategy, boot)
	for i := range 10 {
		fails := ""
		if i == 4 {
			fails = "echo try >>tries; test $(wc -l <tries) -ge 3 || exit 7; "
		}
		fmt.Fprintf(&b, "    - {id: c%d, command: [sh, -c, '%secho up; exec sleep 1000'], ready: {stdout: '^up$'}}\n", i, fails)
	}
	return b.String()
}

// Guarantee(restarts): With boot: restart, a program that fails during boot is tried again, and those behind it wait for it, in order.
func TestTenWithOneThatComesUpAtItsThirdTry(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"one_for_one", "rest_for_one"} {
		p := newPlace(t)
		r := p.run(t, p.write(t, "ten.yaml", ten(strategy, "restart")))
		r.await(t, "c9 ")
		p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
		tree := p.ps(t)
		for i := range 10 {
			assert.Equal(t, "running", tree[fmt.Sprintf("c%d", i)].State)
		}
		assert.Equal(t, 2, tree[""].Used, "of the budget")
		r.signal(t, syscall.SIGTERM)
		assert.Equal(t, 0, r.end(t))
		var order []string
		for line := range strings.Lines(r.text()) {
			if id, said, _ := strings.Cut(line, " | "); strings.TrimSpace(said) == "up" {
				order = append(order, strings.TrimSpace(id))
			}
		}
		assert.Len(t, order, 10, "each came up once")
		assert.True(t, slices.IsSorted(order), "%v", order)
		assert.Equal(t, 2, strings.Count(r.text(), "child failed to start"), "%s", r.text())
	}
}

// Without it, and with boot: stop, the failure is that of the tree.
func TestTenWithOneThatFailsAtTheBoot(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "ten.yaml", ten("one_for_one", "stop")))
	assert.NotZero(t, r.end(t))
	assert.Contains(t, r.text(), "status 7")
}

// While one program starts, the tree can be asked, others be stopped and
// started, and it be stopped itself: then the next one's turn comes.
func TestAskATreeThatComesUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "slow.yaml", `
supervisor:
  boot: restart
  children:
    - {id: a, command: [sleep, 1000]}
    - {id: slow, command: [sh, -c, 'echo begun; exec sleep 1000'], ready: {stdout: ^never$, timeout: 10m}}
    - {id: c, command: [sleep, 1000]}
`))
	r.await(t, "| begun")
	first := p.ps(t)["a"].PID
	require.NotZero(t, first)
	assert.Equal(t, "starting", p.ps(t)["slow"].State)
	assert.Equal(t, "waiting", p.ps(t)["c"].State)
	p.good(t, "restart", "a")
	requireGone(t, first)
	p.good(t, "stop", "a")
	p.good(t, "stop", "slow")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	tree := p.ps(t)
	assert.Equal(t, "stopped", tree["a"].State)
	assert.Equal(t, "stopped", tree["slow"].State)
	assert.Equal(t, "running", tree["c"].State)
	p.good(t, "stop", "--all")
	assert.Equal(t, 0, r.end(t))
}

// A whole tree that comes up is stopped at once.
func TestStopATreeThatComesUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "never.yaml", `
supervisor:
  boot: restart
  intensity: 1000
  backoff: {initial: 10m, jitter: false}
  children:
    - {id: a, command: [sh, -c, 'echo begun; exec sleep 1000'], ready: {stdout: ^begun$}}
    - {id: never, command: ["false"], ready: {stdout: ^never$}}
`))
	r.await(t, "| begun")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["never"].State == "restarting" })
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
}

// A tree that gives up while it comes up has given up: it is not that a child
// did not start.
func TestGiveUpAtTheBoot(t *testing.T) {
	t.Parallel()
	for boot, code := range map[string]int{"restart": 1, "stop": 3} {
		p := newPlace(t)
		r := p.run(t, p.write(t, "bad.yaml", `
supervisor:
  boot: `+boot+`
  intensity: 2
  children:
    - {id: a, command: [sleep, 1000]}
    - {id: bad, command: [sh, -c, exit 7], ready: {stderr: ^up$}}
`))
		assert.Equal(t, code, r.end(t), boot)
		assert.Contains(t, r.text(), "status 7")
	}
}
