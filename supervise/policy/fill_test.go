package policy_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

func startNothing(context.Context, *actor.Slot) error { return supervise.ErrIgnore }

// parsed is a file that must be good.
func parsed(t *testing.T, text string) *policy.File {
	t.Helper()
	f, err := policy.Parse("test.yaml", []byte(text), variables)
	require.NoError(t, err)
	return f
}

// commands takes all commands, and remembers them.
func commands(got map[string]policy.Command) func(policy.Command) (supervise.ChildSpec, error) {
	return func(c policy.Command) (supervise.ChildSpec, error) {
		got[c.Path] = c
		return supervise.ChildSpec{ID: c.ID, Start: startNothing, Shutdown: time.Hour}, nil
	}
}

// filled is the child that Go code gives for an id.
func filled(id string) supervise.ChildSpec {
	return supervise.ChildSpec{ID: id, Start: startNothing, Restart: supervise.Transient, Shutdown: time.Minute}
}

// withoutStarts has no functions, so that it can be compared.
func withoutStarts(t *testing.T, children []supervise.ChildSpec) []supervise.ChildSpec {
	t.Helper()
	var bare []supervise.ChildSpec
	for _, c := range children {
		require.NotNil(t, c.Start, c.ID)
		_, sub := c.Spec()
		require.Equal(t, c.Type == supervise.SupervisorChild, sub)
		bare = append(bare, supervise.ChildSpec{
			ID: c.ID, Restart: c.Restart, Shutdown: c.Shutdown, Type: c.Type, Significant: c.Significant,
			Backoff: c.Backoff, Decider: c.Decider, MaxRestarts: c.MaxRestarts,
		})
	}
	return bare
}

func TestSpecHasWhatTheFileSays(t *testing.T) {
	other := errors.New("other")
	f := parsed(t, `
name: shop
supervisor:
  strategy: rest_for_one
  intensity: 0
  period: 1m30s
  auto_shutdown: all_significant
  circuit: true
  oom: {intensity: 0}
  backoff: {initial: 1s, max: 5s, factor: 1.5, reset: 1h, jitter: false}
  on_exit: []
  children:
    - {id: bare}
    - {id: told, restart: temporary, shutdown: 0ms, significant: true, max_restarts: {intensity: 3, period: 1d}}
    - {id: default, restart: permanent, shutdown: infinity, backoff: {initial: 1ms}}
    - id: sub
      restart: transient
      shutdown: brutal_kill
      supervisor:
        children:
          - id: cmd
            command: [run, 8080, "${REDIS_PORT}"]
            on_exit:
              - {when: {exit_code: 3, signal: [SIGINT, SIGHUP], oom: true, panic: boom, start_failed: true, error: other}, do: escalate}
              - {when: {error: killed}, do: ignore}
              - {do: by_type}
`)
	got := map[string]policy.Command{}
	spec, err := f.Spec(policy.Fill{
		Children: map[string]supervise.ChildSpec{
			"bare": filled("bare"), "told": filled("told"), "default": {Start: startNothing, Restart: supervise.Temporary},
		},
		Command: commands(got),
		Errors:  map[string]error{"other": other},
	})
	require.NoError(t, err)
	assert.Equal(t, "shop", spec.Name)
	assert.Equal(t, supervise.Policy{
		Strategy: supervise.RestForOne, Intensity: supervise.NoRestarts, Period: 90 * time.Second,
		AutoShutdown: supervise.AllSignificant, Circuit: true, Decider: supervise.Decider{},
		OOM:     supervise.Budget{Intensity: supervise.NoRestarts},
		Backoff: supervise.Backoff{Initial: time.Second, Max: 5 * time.Second, Factor: 1.5, Reset: time.Hour, Exact: true},
	}, spec.Policy)
	assert.Equal(t, []supervise.ChildSpec{
		{ID: "bare", Restart: supervise.Transient, Shutdown: time.Minute},
		{ID: "told", Restart: supervise.Temporary, Shutdown: 1, Significant: true, MaxRestarts: supervise.Budget{Intensity: 3, Period: 24 * time.Hour}},
		{ID: "default", Restart: supervise.Permanent, Shutdown: supervise.Infinity, Backoff: supervise.Backoff{Initial: time.Millisecond}},
		{ID: "sub", Restart: supervise.Transient, Shutdown: supervise.BrutalKill, Type: supervise.SupervisorChild},
	}, withoutStarts(t, spec.Children))

	sub, ok := spec.Children[3].Spec()
	require.True(t, ok)
	assert.Equal(t, "sub", sub.Name)
	assert.Equal(t, supervise.Policy{}, sub.Policy)
	assert.Equal(t, []supervise.ChildSpec{
		{ID: "cmd", Shutdown: time.Hour, Decider: supervise.Decider{
			{When: supervise.Match{Codes: []int{3}, Signals: []string{"SIGINT", "SIGHUP"}, OOM: true, Panic: "boom", StartFailed: true, Is: other}, Do: supervise.DoEscalate},
			{When: supervise.Match{Is: actor.ErrKilled}, Do: supervise.DoIgnore},
			{Do: supervise.ByType},
		}},
	}, withoutStarts(t, sub.Children))
	assert.Equal(t, []string{"run", "8080", "6380"}, got["sub/cmd"].Args)
}

func TestCommandsHaveWhatTheFileSays(t *testing.T) {
	f := parsed(t, `
supervisor:
  children:
    - id: a
      command: [sleep, 1.50, yes, "$${REDIS_PORT} $$ $5 $HOME", "${REDIS_PORT}-${NONE:-it's}-${EMPTY:-e}-${EMPTY}"]
      env: {B: 0x10, A: "", C: 2026-01-31, D: false}
      dir: /srv/${REDIS_PORT}
      shutdown: 3s
      ready: {http: "http://h:${REDIS_PORT}/", timeout: 1s, interval: 2s}
    - {id: b, command: [w], ready: {frame: true}, pool: {size: 3}}
    - {id: c, command: [w], every: 5m}
    - {id: log, command: [w], every: 5m, on_fail: log}
    - {id: crash, command: [w], every: 5m, on_fail: crash}
    - {id: d, command: [w], ready: {stdout: 'up\d'}}
    - {id: e, command: [w], ready: {command: [test, -e, "${EMPTY}x"]}}
    - {id: f, command: [w], ready: {tcp: ":80"}}
    - {id: g, command: [w], ready: {stderr: 'on\d'}}
`)
	got := map[string]policy.Command{}
	_, err := f.Spec(policy.Fill{Command: commands(got)})
	require.NoError(t, err)
	a := got["a"]
	assert.Equal(t, []string{"sleep", "1.50", "yes", "${REDIS_PORT} $$ $5 $HOME", "6380-it's-e-"}, a.Args)
	assert.Equal(t, []string{"B=0x10", "A=", "C=2026-01-31", "D=false"}, a.Env)
	assert.Equal(t, "/srv/6380", a.Dir)
	assert.Equal(t, 3*time.Second, a.Shutdown)
	require.NotNil(t, a.Ready)
	assert.Equal(t, "http://h:6380/", a.Ready.HTTP)
	assert.Nil(t, a.Ready.Command)
	assert.Equal(t, time.Second, a.Ready.Timeout)
	assert.Equal(t, 2*time.Second, a.Ready.Interval)
	assert.Equal(t, 3, got["b"].Pool.Size)
	assert.True(t, got["b"].Ready.Frame)
	assert.Equal(t, policy.DefaultReadyTimeout, got["b"].Ready.Timeout)
	assert.Equal(t, 5*time.Minute, got["c"].Every)
	assert.Equal(t, policy.FailCrash, got["c"].OnFail)
	assert.Equal(t, policy.FailCrash, got["crash"].OnFail)
	assert.Equal(t, policy.FailLog, got["log"].OnFail)
	assert.Nil(t, got["c"].Ready)
	assert.True(t, got["d"].Ready.Stdout.MatchString("up7"))
	assert.Equal(t, []string{"test", "-e", "x"}, got["e"].Ready.Command)
	assert.Equal(t, policy.DefaultReadyInterval, got["e"].Ready.Interval)
	assert.Equal(t, ":80", got["f"].Ready.TCP)
	assert.Nil(t, got["d"].Ready.Stderr)
	assert.Nil(t, got["g"].Ready.Stdout)
	assert.True(t, got["g"].Ready.Stderr.MatchString("on7"))
	assert.Equal(t, `stderr "on\\d"`, got["g"].Ready.String())
}

func TestFillMustFitTheFile(t *testing.T) {
	const text = `
supervisor:
  children:
    - id: a
    - {id: cmd, command: [x]}
    - id: sub
      supervisor:
        on_exit:
          - {when: {error: kiled}, do: stop}
          - {when: {error: strange}, do: stop}
        children:
          - id: b
          - {id: c}
`
	cannot := errors.New("no such program")
	_, err := parsed(t, text).Spec(policy.Fill{
		Children: map[string]supervise.ChildSpec{
			"sub/b": filled("x"), "sub": filled("sub"), "cmd": filled("cmd"), "sub/d": filled("d"),
			"other/x": filled("x"), "a/b": filled("b"), "cmd/x": filled("x"),
		},
		Command: func(policy.Command) (supervise.ChildSpec, error) { return supervise.ChildSpec{}, cannot },
	})
	require.ErrorIs(t, err, cannot)
	assert.Equal(t, `test.yaml:3:3: the program gives a child for "other/x", which is not in the file; add it, or do not give it
test.yaml:4:7: nothing runs the child "a"; give it a command, or give the program a child for that path
test.yaml:4:7: the program gives a child for "a/b", which is below one that is no supervisor in the file; do not give it, or add the key supervisor
test.yaml:5:7: the program gives a child for "cmd", which has a command in the file; do not give it, or remove the command
test.yaml:5:7: the program gives a child for "cmd/x", which is below one that is no supervisor in the file; do not give it, or add the key supervisor
test.yaml:5:26: the command of the child "cmd" cannot be made: no such program; change what it says
test.yaml:6:7: the program gives a child for "sub", which is a supervisor in the file; give its children, or remove the key supervisor
test.yaml:6:7: the program gives a child for "sub/d", which is not in the file; add it, or do not give it
test.yaml:9:28: error is "kiled", a class that this program does not know; did you mean killed?
test.yaml:10:28: error is "strange", a class that this program does not know; name one of killed, no_connection
test.yaml:12:13: the child "sub/b" is given as one with the id "x"; make it with the id that the file has
test.yaml:13:13: nothing runs the child "sub/c"; give it a command, or give the program a child for that path`, err.Error())

	_, err = parsed(t, "supervisor: {children: [{id: cmd, command: [x]}]}").Spec(policy.Fill{})
	require.EqualError(t, err, `test.yaml:1:44: the child "cmd" has a command, and this program runs none; remove the command, or let the program fill in what runs it`)

	significant := filled("a")
	significant.Significant = true
	_, err = parsed(t, "supervisor: {children: [{id: a}, {id: b}]}").Spec(policy.Fill{Children: map[string]supervise.ChildSpec{"a": significant, "b": {}}})
	require.EqualError(t, err, `test.yaml:1:25: the child "a" is given as a significant one, which does not fit its restart and its supervisor's auto_shutdown; write significant: false, or change these
test.yaml:1:34: the child "b" is given without a Start; give it one, by supervise.Go or supervise.Actor, say`)
}

// A child that is given without an id has that of the file, also when it starts.
func TestFillMayLeaveTheIDOut(t *testing.T) {
	wait := func(ctx context.Context) error { <-ctx.Done(); return nil }
	f := parsed(t, "supervisor: {children: [{id: a}, {id: s, supervisor: {strategy: simple_one_for_one, children: [{id: w}]}}]}")
	spec, err := f.Spec(policy.Fill{Children: map[string]supervise.ChildSpec{
		"a": supervise.Go("", wait), "s/w": supervise.Every("", supervise.Interval(time.Hour), wait),
	}})
	require.NoError(t, err)
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	_, err = supervise.Start(t.Context(), sys, spec)
	require.NoError(t, err)
	pid, err := supervise.SupervisorAt(sys, "top/s").StartInstance(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "top/s/w#1", pid.Name)
	_, ok := sys.PIDAt("top/a")
	assert.True(t, ok)
	require.NoError(t, sys.Close(t.Context()))
}
