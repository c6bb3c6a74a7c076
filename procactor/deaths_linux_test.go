package procactor_test

import (
	"context"
	"os"
	"regexp"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const outOfTime = ": it used up its processor time (RLIMIT_CPU)"

// Guarantee(crash): Deciders and budgets see when a Go worker died because it ran out of memory; one that was killed, or that used up its processor time, is not mistaken for that.
func TestWorkerDeathsSayWhatTheyWere(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector needs more addresses than the limit leaves")
	}
	t.Parallel()
	for how, want := range map[string]struct {
		oom  bool
		text string
	}{
		"memory":         {true, "exited with status 2: fatal error: out of memory"},
		"memory of many": {true, "exited with status 2: fatal error: out of memory"},
		"time":           {false, "was ended by signal 9 (killed)" + outOfTime},
		"panic":          {false, "exited with status 2: boom"},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			_, err := misbehave.On(start(t, procactor.Self())).Call(t.Context(), how)
			exit := exitOf(t, err)
			assert.Equal(t, want.oom, exit.OOM)
			assert.Equal(t, want.oom, supervise.CauseOf(err).OOM)
			assert.Contains(t, exit.Error(), want.text)
		})
	}
}

func TestKilledWorkerIsNotOutOfMemory(t *testing.T) {
	s := newStage(t)
	got := call(t.Context(), puppet.On(start(t, procactor.Self())), s.part("victim"))
	killProcess(t, s.next(t).Process)
	err := wait(t, "the call's end", got).err
	exit := exitOf(t, err)
	assert.False(t, exit.OOM)
	assert.Regexp(t, `was ended by signal 9 \(killed\) that we did not send$`, exit.Error())
}

// A program whose runtime finds no memory before it comes to Main.
func TestStartWithoutMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's runtime ends it first, in words of its own")
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	w := procactor.Program("sh", "-c", `ulimit -v 100000 && exec "$0"`, self)
	_, err = procactor.Start(t.Context(), newSystem(t), "w", w)
	assert.True(t, exitOf(t, err).OOM, "%v", err)
	assert.ErrorContains(t, err, "exited with status 2: fatal error: failed to reserve page summary memory")
}

// Guarantee(restarts): A child that dies because it ran out of memory uses up the budget for that, and follows the rule for it.
func TestOutOfMemoryHasItsBudgetAndItsRule(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector needs more addresses than the limit leaves")
	}
	t.Parallel()
	for name, tt := range map[string]struct {
		policy supervise.Policy
		check  func(t *testing.T, reason error)
	}{
		"budget": {
			supervise.Policy{Intensity: 5, OOM: supervise.Budget{Intensity: supervise.NoRestarts}},
			func(t *testing.T, reason error) {
				var gaveUp *supervise.IntensityError
				require.ErrorAs(t, reason, &gaveUp)
				assert.True(t, gaveUp.OOM)
			},
		},
		"rule": {
			supervise.Policy{Decider: supervise.Decider{{When: supervise.Match{OOM: true}, Do: supervise.DoEscalate}, {Do: supervise.DoRestart}}},
			func(t *testing.T, reason error) {
				var escalated *supervise.EscalateError
				require.ErrorAs(t, reason, &escalated)
				assert.True(t, supervise.CauseOf(escalated.Reason).OOM)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sys := newSystem(t)
			_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Policy: tt.policy, Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())}})
			require.NoError(t, err)
			pid, _ := sys.PIDAt("top")
			down := sys.Watch(context.Background(), pid)
			_, err = misbehave.On(procactor.HostAt(sys, "top/w")).Call(t.Context(), "memory")
			require.True(t, exitOf(t, err).OOM)
			tt.check(t, wait(t, "the supervisor's end", down).Reason)
		})
	}
}

// daemonDies and commandDies run a line of sh as a plain program, and as a
// command, and return how it died.
func daemonDies(t *testing.T, line string) error {
	t.Helper()
	return wait(t, "its end", brief(t, newSystem(t), shell(line))).Reason
}

func commandDies(t *testing.T, line string) error {
	t.Helper()
	task := procactor.NewCommandTask("line", func(context.Context, string, string) (procactor.Command, error) {
		return procactor.Command{Path: "sh", Args: []string{"-c", line}}, nil
	}, func(procactor.Result) (string, error) { return "", nil })
	_, err := task.On(startCommands(t, procactor.Commands{})).Call(t.Context(), "")
	return err
}

// anyProgram has a line of sh die in either way, and looks at how.
func anyProgram(t *testing.T, line string, test func(t *testing.T, died error)) {
	t.Helper()
	t.Run("daemon", func(t *testing.T) { test(t, daemonDies(t, line)) })
	t.Run("command", func(t *testing.T) { test(t, commandDies(t, line)) })
}

func checkProgram(t *testing.T, died error, text string) {
	t.Helper()
	exit := exitOf(t, died)
	assert.Regexp(t, `.* was ended by `+regexp.QuoteMeta(text)+`$`, exit.Error())
	assert.False(t, exit.OOM)
	assert.False(t, supervise.CauseOf(died).OOM)
}

func TestProgramDeathsSayWhatTheyWere(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		line string
		text string // its end
	}{
		"KILL":                         {"kill -KILL $$", "signal 9 (killed) that we did not send"},
		"KILL, with time left":         {"ulimit -t 1000; kill -KILL $$", "signal 9 (killed) that we did not send"},
		"XCPU of others":               {"kill -XCPU $$", "signal 24 (CPU time limit exceeded)"},
		"XCPU of others, long before":  {"ulimit -t 1000; kill -XCPU $$", "signal 24 (CPU time limit exceeded)"},
		"ABRT":                         {"kill -ABRT $$", "signal 6 (aborted)"},
		"its words, and then an abort": {"echo no space >&2; kill -ABRT $$", `signal 6 (aborted): stderr ends "no space"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anyProgram(t, tt.line, func(t *testing.T, died error) { checkProgram(t, died, tt.text) })
		})
	}
}

func TestProgramsOutOfProcessorTime(t *testing.T) {
	t.Parallel()
	const busy = "while :; do :; done"
	for name, tt := range map[string]struct {
		dies func(*testing.T, string) error
		line string
		text string // its end
	}{
		"the hard limit":              {commandDies, "ulimit -t 1; " + busy, "signal 9 (killed)" + outOfTime},
		"the soft limit":              {daemonDies, "ulimit -St 1; " + busy, "signal 24 (CPU time limit exceeded)" + outOfTime},
		"KILL, when others took time": {daemonDies, "exec 2>/dev/null; ulimit -t 2; sh -c 'ulimit -t 1; " + busy + "'; kill -KILL $$", "signal 9 (killed) that we did not send"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkProgram(t, tt.dies(t, tt.line), tt.text)
		})
	}
}

// A line that a program wrote long before it ended says nothing about its end:
// it is in Stderr, and not in the text.
func TestOldLineIsNoLastWords(t *testing.T) {
	t.Parallel()
	const line = "echo a line of long ago >&2; sleep 4; kill -KILL $$"
	anyProgram(t, line, func(t *testing.T, died error) {
		exit := exitOf(t, died)
		assert.Equal(t, "a line of long ago\n", string(exit.Stderr))
		assert.NotContains(t, died.Error(), "long ago")
	})
	t.Run("worker", func(t *testing.T) {
		_, err := misbehave.On(start(t, procactor.Self())).Call(t.Context(), "words of long ago")
		assert.Equal(t, "a line of long ago\n", string(exitOf(t, err).Stderr))
		assert.NotContains(t, err.Error(), "long ago")
	})
}
