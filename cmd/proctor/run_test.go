//go:build unix

package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pidAfter is the number behind a word in a line.
func pidAfter(t *testing.T, line, word string) int {
	t.Helper()
	_, rest, ok := strings.Cut(line, word+" ")
	require.True(t, ok, line)
	pid, err := strconv.Atoi(strings.TrimSpace(rest))
	require.NoError(t, err)
	return pid
}

// Guarantee(proctor): proctor run starts the programs of a policy file in order, and on TERM stops them in reverse order.
func TestRunAndStop(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := newPlace(t)
		r := p.run(t, p.write(t, "pair.yaml", pair))
		first := pidAfter(t, r.await(t, "first       | up"), "up")
		second := pidAfter(t, r.await(t, "back/second | up"), "up")
		r.signal(t, sig)
		assert.Equal(t, 0, r.end(t))
		text := r.text()
		later, sooner := strings.Index(text, "first       | first ends"), strings.Index(text, "back/second | second ends")
		require.Positive(t, sooner, "%s", text)
		assert.Greater(t, later, sooner, "%s", text)
		assert.NotContains(t, text, "\x1b[", "it is no terminal")
		requireGone(t, first)
		requireGone(t, second)
	}
}

// deaf has a child that does not end when it is asked to.
const deaf = `
supervisor:
  children:
    - id: deaf
      shutdown: infinity
      command: [sh, -c, 'trap "echo asked" TERM; echo up $$; while :; do sleep 0.01; done']
`

// endsBySecondSignal asks the tree to end, and then again.
func endsBySecondSignal(t *testing.T, r *running) {
	t.Helper()
	r.signal(t, syscall.SIGTERM)
	r.await(t, "asked")
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 5, r.end(t))
}

// Guarantee(proctor): A second TERM to proctor run kills whatever has not ended.
func TestSecondSignalKills(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "deaf.yaml", deaf))
	pid := pidAfter(t, r.await(t, "up"), "up")
	endsBySecondSignal(t, r)
	assert.Contains(t, r.text(), "second signal")
	requireGone(t, pid)
}

func TestSecondSignalWhileTheTreeStarts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "deaf.yaml", deaf+`      ready: {stdout: ^up}
    - {id: never, command: [sh, -c, 'echo begins; exec sleep 1000'], ready: {stdout: never}}
`))
	pid := pidAfter(t, r.await(t, "up"), "up")
	r.await(t, "begins")
	endsBySecondSignal(t, r)
	requireGone(t, pid)
}

// Guarantee(proctor): When a tree gives up, proctor run exits with status 1 and says why.
func TestRunGivesUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.do(t, "run", p.write(t, "crash.yaml", `
supervisor:
  intensity: 2
  children:
    - {id: crash, command: [sh, -c, 'echo the disk is full >&2; exit 3']}
`))
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.stderr, "the tree gave up: gave up at death 3 within 5s (restarts allowed: 2)")
	assert.Contains(t, r.stderr, `stderr ends "the disk is full"`)
	assert.Contains(t, r.stderr, "used=2 allowed=2 period=5s")
	assert.Equal(t, 2, strings.Count(r.stderr, "used=1 allowed=2")+strings.Count(r.stderr, "used=2 allowed=2"))
	assert.NotContains(t, r.stderr, " of 2 within", "a restart has one record")
}

func TestRunDoesNotStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.do(t, "run", p.write(t, "a.yaml", `
supervisor:
  children:
    - {id: fine, command: [sh, -c, 'trap "echo undone; exit" TERM; echo up; while :; do sleep 0.01; done'], ready: {stdout: up}}
    - {id: missing, command: [no-such-program-anywhere]}
`))
	assert.Equal(t, 3, r.code)
	assert.Contains(t, r.stderr, "no-such-program-anywhere")
	assert.Contains(t, r.stderr, "install it")
	assert.Contains(t, r.stdout, "undone")
}

func TestRunThatFinishes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.do(t, "run", "--json", p.write(t, "job.yaml", `
supervisor:
  auto_shutdown: any_significant
  children:
    - {id: job, restart: transient, significant: true, command: [sh, -c, 'echo done; echo trouble >&2; printf unended']}
`))
	assert.Equal(t, 0, r.code, r.stderr)
	got := map[string]string{}
	for line := range strings.Lines(r.stdout) {
		var l struct{ Child, Stream, Text string }
		require.NoError(t, json.Unmarshal([]byte(line), &l), line)
		got[l.Text] = l.Child + " " + l.Stream
	}
	assert.Equal(t, map[string]string{"done": "job stdout", "trouble": "job stderr", "unended": "job stdout"}, got)
	require.NotEmpty(t, r.stderr)
	for line := range strings.Lines(r.stderr) {
		var l struct{ Level, Msg, Supervisor string }
		require.NoError(t, json.Unmarshal([]byte(line), &l), line)
		assert.NotEmpty(t, l.Msg, line)
	}
}

func TestLinesOfTwoLivesDoNotMix(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.do(t, "run", p.write(t, "half.yaml", `
supervisor:
  intensity: 20
  children:
    - {id: half, command: [sh, -c, 'printf half; exit 1']}
`))
	assert.Equal(t, 1, r.code)
	assert.Equal(t, strings.Repeat("half    | half\n", 21), r.stdout)
}

// Nor do those of two runs at an interval.
func TestLinesOfTwoRunsDoNotMix(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "half.yaml", `
supervisor:
  children:
    - {id: half, command: [printf, half], every: 10ms}
`))
	for range 5 {
		assert.Equal(t, "half    | half", r.await(t, "half    | "))
	}
	assert.NotContains(t, r.text(), "halfhalf")
}

// Guarantee(policy): On HUP, proctor run applies what has changed in its file and restarts nothing else; a wrong file changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "pair.yaml", pair)
	r := p.run(t, file)
	first := pidAfter(t, r.await(t, "first       | up"), "up")
	second := pidAfter(t, r.await(t, "back/second | up"), "up")

	p.write(t, file, "supervisor: {chldren: []}")
	r.signal(t, syscall.SIGHUP)
	r.await(t, "nothing has changed")
	assert.Contains(t, r.text(), "pair.yaml:1:14: ")
	before := p.ps(t)
	assert.Equal(t, first, before["first"].PID)
	assert.Equal(t, second, before["back/second"].PID)

	p.write(t, file, strings.ReplaceAll(pair, "second has usr1", "second is another")+`
    - {id: third, command: [sh, -c, 'echo third up; exec sleep 1000']}
`)
	r.signal(t, syscall.SIGHUP)
	r.await(t, "third up")
	p.eventually(t, func(tree map[string]control.Node) bool { // what is beneath is changed last
		again := tree["back/second"]
		return tree["third"].State == "running" && again.State == "running" && again.PID != second
	})
	after := p.ps(t)
	assert.Equal(t, first, after["first"].PID, "it goes on")
	requireGone(t, second)

	p.write(t, file, pair)
	assert.Equal(t, "restarted: back/second\nremoved: third\nleft as they are: first\n", p.good(t, "reload"))
	assert.NotContains(t, p.ps(t), "third")
	requireGone(t, after["third"].PID)
	p.write(t, file, "nonsense")
	bad := p.do(t, "reload")
	assert.Equal(t, 1, bad.code)
	assert.Contains(t, bad.stderr, "pair.yaml:1:1: ")
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
}

// Guarantee(orphans): Nothing that proctor run started outlives it when it is killed, and the next run replaces its stale socket; a live one is left alone.
func TestRunIsKilled(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "pair.yaml", pair)
	r := p.run(t, file)
	first := pidAfter(t, r.await(t, "first       | up"), "up")
	second := pidAfter(t, r.await(t, "back/second | up"), "up")
	other := p.do(t, "run", file)
	assert.Equal(t, 4, other.code)
	assert.Contains(t, other.stderr, "another proctor runs there")
	require.NoError(t, r.cmd.Process.Kill())
	requireGone(t, first)
	requireGone(t, second)
	again := p.run(t, file)
	again.await(t, "back/second | up")
	assert.NotEqual(t, first, p.ps(t)["first"].PID)
}

// A pipe that nobody reads keeps the program that writes waiting, and nobody
// else.
func TestOutputThatNobodyReads(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // of a test
	cmd := p.command("run", p.write(t, "loud.yaml", `
supervisor:
  children:
    - {id: loud, command: [sh, -c, 'yes a line that is | tr -d "\n"']}
    - {id: quiet, command: [sleep, '1000']}
`))
	cmd.Stdout = w
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	defer func() { _ = cmd.Process.Kill() }()
	p.eventuallyAnswers(t)
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["quiet"].State == "running" })
	untilTrue(t, func() bool { return strings.Contains(p.good(t, "logs", "loud"), "a line that isa line") })
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	assert.NoError(t, cmd.Wait())
}
