//go:build unix

package commands_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

// TestShutdownIsThatOfAFailedStart: whoever is not ready in time is stopped as the
// file says, here without being asked.
func TestShutdownIsThatOfAFailedStart(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	_, err := start(t, `
supervisor:
  children:
    - id: a
      command: [sh, -c, 'trap ": > $0; exit" TERM; while :; do sleep 0.05; done', "${ASKED}"]
      shutdown: brutal_kill
      ready: {stdout: "^never$", timeout: 1s}
`, map[string]string{"ASKED": asked}, nil)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
	assert.NoFileExists(t, asked)
}

// TestShutdownIsThatOfARun: so is the run of a child at an interval.
func TestShutdownIsThatOfARun(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	out := make(chan string)
	tr, err := start(t, `
supervisor:
  children:
    - id: a
      command: [sh, -c, 'trap ": > $0; exit" TERM; echo up; while :; do sleep 0.05; done', "${ASKED}"]
      shutdown: brutal_kill
      every: 10ms
`, map[string]string{"ASKED": asked}, out)
	require.NoError(t, err)
	require.Equal(t, "up", <-out)
	require.NoError(t, tr.top.Stop(t.Context()))
	// Whoever is killed is not waited for: its run goes on until its program has ended.
	require.Eventually(t, func() bool { return tr.sys.Close(t.Context()) == nil }, time.Minute, time.Millisecond)
	assert.Empty(t, procactor.ProcessIDsAt(tr.sys, "top/a"))
	assert.NoFileExists(t, asked)
}

// TestTimeoutIsThatOfAWorker: one whose first frame does not come is given the
// time that the file says.
func TestTimeoutIsThatOfAWorker(t *testing.T) {
	_, err := start(t, `
supervisor:
  children:
    - {id: a, command: [sh, -c, "exec sleep 1000"], ready: {frame: true, timeout: 123ms}, shutdown: 100ms}
`, nil, nil)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
	assert.ErrorContains(t, err, "within 123ms")
}

// TestRuleForMemoryFires: of a Go program that the system gives no more memory,
// and not of one that somebody kills.
func TestRuleForMemoryFires(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector needs more addresses than the limit leaves")
	}
	tr, err := start(t, "supervisor: {}", nil, nil)
	require.NoError(t, err)
	file, err := policy.Parse("test.yaml", []byte(`
supervisor:
  on_exit:
    - {when: {oom: true}, do: stop}
    - {when: {signal: SIGKILL}, do: ignore}
  children:
    - {id: starves, command: [sh, -c, "ulimit -v 1000000; exec \"$0\" play starve", "${EXE}"]}
    - {id: is-killed, command: [sh, -c, "kill -KILL $$"]}
`), func(string) (string, bool) { exe, err := os.Executable(); return exe, err == nil })
	require.NoError(t, err)
	spec, err := file.Spec(policy.Fill{Command: commands.Maker(commands.Options{})})
	require.NoError(t, err)

	events := tr.top.Events(t.Context())
	require.NoError(t, tr.top.Change(t.Context(), spec))
	rules := map[string]int{}
	for e := range events {
		if e.Kind == supervise.EventExited {
			rules[e.Child] = e.Rule
		}
		if len(rules) == len(spec.Children) {
			break
		}
	}
	assert.Equal(t, map[string]int{"starves": 1, "is-killed": 2}, rules)
}
