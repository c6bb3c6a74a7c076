//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(proctor): A running tree can be shown, and its children stopped, started and restarted, from the command line.
func TestDriveATree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	second := pidAfter(t, r.await(t, "back/second | up"), "up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	table := p.good(t, "ps")
	assert.Regexp(t, `(?m)^top +running +- `, table)
	assert.Regexp(t, `(?m)^    second +running +\d+ `, table)

	p.good(t, "stop", "second")
	requireGone(t, second)
	down := p.ps(t)["back/second"]
	assert.Equal(t, "stopped", down.State)
	assert.Zero(t, down.PID)
	assert.Contains(t, down.LastReason, "shutdown")

	p.good(t, "start", "back/second")
	up := p.ps(t)["back/second"]
	assert.Equal(t, "running", up.State)
	twice := p.do(t, "start", "back/second")
	assert.Equal(t, 1, twice.code)
	assert.Contains(t, twice.stderr, "running")
	p.good(t, "restart", "--policy", "pair.yaml", "second")
	assert.NotEqual(t, up.PID, p.ps(t)["back/second"].PID)

	nobody := p.do(t, "stop", "nobody")
	assert.Equal(t, 1, nobody.code)
	assert.Contains(t, nobody.stderr, `no child is called "nobody"; proctor ps shows which there are`)
	p.good(t, "stop", "--all")
	assert.Equal(t, 0, r.end(t))
	assert.Equal(t, 4, p.do(t, "ps").code)
}

func TestLogsOfATree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	assert.Regexp(t, `^back/second \| up \d+\n$`, p.good(t, "logs", "second"))
	assert.Regexp(t, `^back/second \| up \d+\n$`, p.good(t, "logs", "back"))
	assert.Equal(t, 2, strings.Count(p.good(t, "logs", "--json"), `"stream":"stdout"`))

	follow := p.command("logs", "-f", "-n", "0", "first")
	out, err := follow.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, follow.Start())
	lines := bufio.NewScanner(out)
	got := make(chan string, 100)
	go func() {
		defer close(got)
		for lines.Scan() {
			got <- lines.Text()
		}
	}()
	// It may not follow yet: it is signaled until it says something.
	for line := ""; line == ""; {
		p.good(t, "signal", "first", "USR1")
		select {
		case line = <-got:
			assert.Equal(t, "first | first has usr1", line)
		case <-r.lines:
		}
	}
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
	for range got { // it ends with the tree
	}
	assert.NoError(t, follow.Wait())
}

// Guarantee(proctor): proctor events reports every decision of a running tree, with its reason.
func TestEventsOfATree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	watch := p.command("events", "--json")
	out, err := watch.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, watch.Start())
	events := make(chan control.Event, 1000)
	go func() {
		defer close(events)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e control.Event
			if assert.NoError(t, json.Unmarshal(lines.Bytes(), &e)) {
				events <- e
			}
		}
	}()
	// It may not watch yet: the child is stopped and started until it does.
	var seen control.Event
	for seen.Kind == "" {
		p.good(t, "restart", "first")
		select {
		case seen = <-events:
		default:
		}
	}
	require.NoError(t, syscall.Kill(p.ps(t)["first"].PID, syscall.SIGKILL))
	for seen = range events {
		if seen.Kind == "restart" {
			break
		}
	}
	assert.Equal(t, "first", seen.Child)
	assert.Equal(t, 1, seen.Used)
	assert.Equal(t, 5, seen.Allowed)
	assert.Contains(t, seen.Reason, "signal 9")
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
	last := ""
	for e := range events {
		last = e.Kind
	}
	assert.Equal(t, "ended", last)
	assert.NoError(t, watch.Wait(), "the tree has ended, and so has what it decides")
}

// Whoever comes after it has happened can still see what was decided.
func TestEventsThatWere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	p.eventuallyRuns(t)
	require.NoError(t, syscall.Kill(p.ps(t)["first"].PID, syscall.SIGKILL))
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["first"].Restarts == 1 })
	untilTrue(t, func() bool { // it is told behind the one who decides
		return strings.Contains(p.good(t, "events", "-n", "100", "--no-follow"), "signal 9")
	})
	all := p.good(t, "events", "-n", "100", "--no-follow")
	assert.Regexp(t, `(?s)first.*started.*first.*exited.*signal 9.*restart`, all)
	assert.Equal(t, 1, strings.Count(p.good(t, "events", "-n", "1", "--no-follow"), "\n"))
	assert.Empty(t, p.good(t, "events", "--no-follow"))
}

func TestResumeInATree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, p.write(t, "circuit.yaml", `
supervisor:
  circuit: true
  intensity: 2
  strategy: rest_for_one
  children:
    - {id: broken, command: [sh, -c, 'test -e mended || exit 1; exec sleep 1000']}
    - {id: needs, command: [sleep, '1000']}
`))
	p.eventuallyRuns(t)
	p.eventually(t, func(tree map[string]control.Node) bool {
		return tree["broken"].CircuitOpen && tree["needs"].State == "stopped" // with its group
	})
	untilTrue(t, func() bool { return strings.Contains(p.good(t, "ps"), "stopped (too many restarts)") })
	p.write(t, "mended", "")
	p.good(t, "start", "broken")
	p.eventually(t, func(tree map[string]control.Node) bool {
		return tree["broken"].State == "running" && tree["needs"].State == "running"
	})
	assert.False(t, p.ps(t)["broken"].CircuitOpen)
}

func TestInstancesOfATree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pool.yaml", `
supervisor:
  children:
    - id: pool
      supervisor:
        strategy: simple_one_for_one
        children: [{id: w, command: [sh, -c, 'echo up $$; exec sleep 1000']}]
`))
	p.eventuallyRuns(t)
	p.good(t, "start", "pool")
	p.good(t, "start", "pool")
	r.await(t, "pool/w  | up")
	tree := p.ps(t)
	assert.Equal(t, "running", tree["pool/w#2"].State)
	p.good(t, "stop", "w#1")
	assert.NotContains(t, p.ps(t), "pool/w#1")
	requireGone(t, tree["pool/w#1"].PID)
}

// eventuallyRuns waits until a tree is up.
func (p place) eventuallyRuns(t *testing.T) {
	t.Helper()
	p.eventuallyAnswers(t)
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
}

// A shell completes the children that a tree has now.
func TestCompletionOfChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	assert.Equal(t, ":4\n", p.good(t, "__complete", "stop", ""))
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	for _, command := range [][]string{{"stop"}, {"start"}, {"restart", "--policy", "pair.yaml"}, {"logs", "-f"}} {
		got := p.good(t, append(append([]string{"__complete"}, command...), "")...)
		assert.Equal(t, "first\trunning\nback\trunning\nback/second\trunning\n:4\n", got)
	}
	assert.Equal(t, ":4\n", p.good(t, "__complete", "stop", "first", ""), "there is one")
	assert.Equal(t, ":4\n", p.good(t, "__complete", "ps", ""))
}
