//go:build unix

package main

import (
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
)

// The instances of the top are started, too, and what has an instance's id in
// ps has its lines.
func TestInstancesOfTheTop(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "top.yaml", `
supervisor:
  strategy: simple_one_for_one
  children: [{id: each, command: [sh, -c, "echo up; exec sleep 1000"], ready: {stdout: ^up}}]
`))
	p.eventuallyAnswers(t)
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	p.good(t, "start", "each")
	p.good(t, "start", "each")
	tree := p.ps(t)
	assert.NotZero(t, tree["each#1"].PID)
	assert.NotZero(t, tree["each#2"].PID)
	r.await(t, "each")
	r.await(t, "each")
	for _, called := range []string{"each", "each#1"} {
		assert.Equal(t, "each | up\neach | up\n", p.good(t, "logs", called))
	}
}

// What an instance that is a supervisor has in it writes under the names of the
// file, also when the last line has no end, and is heard of when it has gone.
func TestLinesOfWhatHasGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "groups.yaml", `
supervisor:
  children:
    - id: groups
      supervisor:
        strategy: simple_one_for_one
        children:
          - id: group
            supervisor: {children: [{id: once, restart: temporary, command: [printf, unended]}]}
`))
	p.eventuallyAnswers(t)
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["groups"].State == "running" })
	p.good(t, "start", "groups")
	r.await(t, "unended")
	p.eventually(t, func(tree map[string]control.Node) bool { _, there := tree["groups/group#1/once"]; return !there })
	for _, called := range []string{"once", "group#1", "groups/group#1/once", "groups/group", "groups"} {
		assert.Equal(t, "groups/group/once | unended\n", p.good(t, "logs", called), called)
	}
	assert.Equal(t, 1, p.do(t, "logs", "on").code)
}
