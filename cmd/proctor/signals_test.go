//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// talkative is a tree of two programs that say which signals they get, and a
// third that has a process beneath it which does.
const talkative = `
supervisor:
  children:
    - id: first
      command: &says [sh, -c, 'trap "exit 0" TERM; for s in HUP INT QUIT USR1 USR2 ALRM CONT WINCH; do trap "echo has $s" $s; done; echo up $$; while :; do sleep 0.01; done']
      ready: {stdout: ^up}
    - id: back
      supervisor:
        children: [{id: second, command: *says, ready: {stdout: ^up}}]
    - id: family
      command: [sh, -c, '(trap "echo child has usr1" USR1; echo up; while :; do sleep 0.01; done) & trap "echo parent has usr1" USR1; while :; do sleep 0.01; done']
      ready: {stdout: ^up}
`

// runsTalkative starts it and waits until it is up.
func (p place) runsTalkative(t *testing.T) *running {
	t.Helper()
	r := p.run(t, p.write(t, "talkative.yaml", talkative))
	r.await(t, "family      | up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	return r
}

// hearsNothingBut asks one child for an answer, and holds that no signal came
// to a program before.
func (p place) hearsNothingBut(t *testing.T, r *running) {
	t.Helper()
	p.good(t, "signal", "first", "WINCH")
	r.await(t, "has WINCH")
	assert.Equal(t, 1, strings.Count(r.text(), "has "), "%s", r.text())
}

// Guarantee(proctor): proctor run passes no signal on to its programs: WINCH, USR1, USR2, ALRM and CONT reach none of them.
func TestNoSignalIsForwarded(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.runsTalkative(t)
	for range 50 {
		for _, sig := range []os.Signal{syscall.SIGWINCH, syscall.SIGCONT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM} {
			r.signal(t, sig)
		}
	}
	for range 3 {
		r.await(t, "handed on to no program")
	}
	p.hearsNothingBut(t, r)
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
	assert.Equal(t, 3, strings.Count(r.text(), "handed on to no program"), "it is said once of each")
}

// QUIT is a stop, in order: containers are stopped by it, and Ctrl-\ is a key.
func TestQuitStops(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	r.signal(t, syscall.SIGQUIT)
	assert.Equal(t, 0, r.end(t))
	assert.Contains(t, r.text(), "first       | first ends")
}

// Guarantee(proctor): proctor signal sends a signal to the program of one child, or to everything in its process group.
func TestSignalOneChild(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.runsTalkative(t)
	for _, name := range []string{"USR1", "SIGUSR1", "usr1", "Sigusr1", "10"} {
		if name == "10" && syscall.SIGUSR1 != 10 {
			continue
		}
		assert.Empty(t, p.good(t, "signal", "back/second", name))
		r.await(t, "back/second | has USR1")
	}
	p.good(t, "signal", "second", "HUP")
	r.await(t, "back/second | has HUP")
	assert.NotContains(t, r.text(), "first       | has")

	p.good(t, "signal", "family", "USR1")
	r.await(t, "parent has usr1")
	p.good(t, "signal", "family", "SIGUSR1", "--group")
	r.await(t, "child has usr1")
	assert.Equal(t, 1, strings.Count(r.text(), "child has usr1"))

	before := p.ps(t)["first"].PID
	p.good(t, "signal", "first", "9")
	p.eventually(t, func(tree map[string]control.Node) bool {
		return tree["first"].State == "running" && tree["first"].PID != before
	})
	assert.Equal(t, 1, p.ps(t)["first"].Restarts, "it has ended by itself")
}

func TestSignalThatCannotBe(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, p.write(t, "down.yaml", `
supervisor:
  children:
    - {id: up, command: [sleep, '1000']}
    - {id: down, command: [sleep, '1000']}
    - {id: later, every: 1h, command: [sleep, '1000']}
    - {id: back, supervisor: {children: [{id: below, command: [sleep, '1000']}]}}
`))
	p.eventuallyRuns(t)
	p.good(t, "stop", "down")
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"nobody", "USR1"}, 1, `no child is called "nobody"`},
		{[]string{"dwn", "USR1"}, 1, `did you mean "down"?`},
		{[]string{"down", "USR1"}, 1, "down is not running: it is stopped"},
		{[]string{"later", "USR1"}, 1, "later has no process now"},
		{[]string{"back", "USR1"}, 1, "back is a supervisor, not a program"},
		{[]string{"up", "USR9"}, 2, `there is no signal "USR9"; did you mean USR1?`},
		{[]string{"up", "SIGNOTHING"}, 2, `there is no signal "SIGNOTHING"`},
		{[]string{"up", "0"}, 2, `there is no signal "0"; numbers are from 1 to`},
		{[]string{"up", "999"}, 2, "numbers are from 1 to"},
		{[]string{"up", ""}, 2, `there is no signal ""`},
		{[]string{"", "USR1"}, 2, "ID of one child"},
		{[]string{"USR1", "up"}, 2, "the child comes first: proctor signal up USR1"},
		{[]string{"up"}, 2, "it is proctor signal ID SIG"},
	} {
		r := p.do(t, append([]string{"signal"}, tt.args...)...)
		assert.Equal(t, tt.code, r.code, tt.args)
		assert.Contains(t, r.stderr, tt.says, tt.args)
	}
	require.Equal(t, "running", p.ps(t)["up"].State)
	assert.Contains(t, p.good(t, "__complete", "signal", "up", ""), "\nUSR1\n")
	assert.Contains(t, p.good(t, "__complete", "signal", ""), "back/below\t")
}
