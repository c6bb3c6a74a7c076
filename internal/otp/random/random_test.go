package random_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/internal/otp/random"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// What is drawn is what the format allows, and all of it.
func TestDrawnScenariosCoverTheFormat(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	word := regexp.MustCompile(`"[a-z_]+(:x)?"`)
	defined := 0
	const drawn = 2000
	for range drawn {
		s := random.Scenario(chance)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		again, err := scenario.Parse(text)
		require.NoError(t, err, "%s", text)
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(second))
		trace, err := scenario.Run(s)
		if err != nil || !random.Defined(s, trace) {
			continue
		}
		defined++
		for _, w := range word.FindAllString(string(text), -1) {
			seen[w]++
		}
		for _, l := range trace {
			seen[string(l.Kind)]++
			seen[l.Reason]++
			seen[l.How]++
			seen[l.Result]++
			if list, ok := l.Value.([]supervise.ChildInfo); ok {
				for _, c := range list {
					seen[c.State.String()]++
				}
			}
		}
	}
	assert.Greater(t, defined, drawn*8/10)
	for _, w := range []string{
		`"unordered"`, `"setup"`, `"one_for_one"`, `"one_for_all"`, `"rest_for_one"`, `"simple_one_for_one"`, `"never"`, `"any_significant"`,
		`"all_significant"`, `"permanent"`, `"transient"`, `"temporary"`, `"brutal_kill"`, `"infinity"`, `"worker"`, `"supervisor"`, `"significant"`,
		`"exit"`, `"start_child"`, `"spec"`, `"terminate_child"`, `"restart_child"`, `"delete_child"`, `"count_children"`, `"which_children"`,
		`"fail_starts"`, `"times"`, `"queue"`, `"hang_stop"`, `"advance"`, `"stop"`, `"kill"`, `"shutdown:x"`, `"error"`, `"exception"`, `"ignore"`,
		"start", "start_failed", "start_ignored", "exit", "stop", "supervisor_exit", "boot", "step", "reply",
		"reached_max_restart_intensity", "auto_shutdown", "shutdown", "crash", "normal", "killed", "shutdown:x", "failed_to_start_child",
		"kill", "timeout_kill", "running", "restarting", "undefined",
		"ok", "error:failed_to_start_child", "error:duplicate_child_name", "error:bad_start_spec", "error:bad_combination", "error:invalid_strategy",
		"error:invalid_intensity", "error:invalid_period", "error:invalid_auto_shutdown", "error:invalid_restart_type", "error:invalid_shutdown",
		"error:invalid_child_type", "error:already_started", "error:already_present", "error:start_failed", "error:noproc", "error:running",
		"error:restarting", "error:not_found", "error:simple_one_for_one", "error:not_running",
	} {
		assert.Positive(t, seen[w], w)
	}
}

func TestDefined(t *testing.T) {
	t.Parallel()
	const pool = `"strategy": "simple_one_for_one", "intensity": 5, "children": [{"id": "w"}]`
	for text, want := range map[string]bool{
		`{"supervisor": {"children": [{"id": "a"}]}, "steps": [{"fail_starts": "a", "queue": [{"at": 1, "step": {"stop": "shutdown"}}]}, {"exit": "a"}]}`:                                                                                                      true,
		`{"supervisor": {"children": [{"id": "a"}]}, "setup": [{"fail_starts": "a", "reason": "ignore", "queue": [{"at": 1, "step": {"stop": "shutdown"}}]}], "steps": []}`:                                                                                    false,
		`{"supervisor": {"children": [{"id": "a"}]}, "steps": [{"fail_starts": "a", "times": 9, "queue": [{"at": 2, "step": {"count_children": ""}}]}, {"exit": "a"}]}`:                                                                                        true,
		`{"supervisor": {"intensity": 0, "children": [{"id": "a"}]}, "setup": [{"fail_starts": "a", "queue": [{"at": 1, "step": {"count_children": ""}}]}], "steps": []}`:                                                                                      false,
		`{"supervisor": {"children": [{"id": "s", "supervisor": {}}, {"id": "a"}]}, "steps": [{"fail_starts": "a", "queue": [{"at": 1, "step": {"count_children": "s"}}]}, {"exit": "a"}]}`:                                                                    false,
		`{"supervisor": {` + pool + `}, "steps": [{"start_child": ""}, {"fail_starts": "w#1", "reason": "ignore"}, {"exit": "w#1"}]}`:                                                                                                                          false,
		`{"supervisor": {` + pool + `}, "steps": [{"fail_starts": "w", "reason": "ignore"}, {"start_child": ""}]}`:                                                                                                                                             true,
		`{"supervisor": {` + pool + `}, "steps": [{"start_child": ""}, {"fail_starts": "w#1", "queue": [{"at": 1, "step": {"terminate_child": "w#1"}}]}, {"exit": "w#1"}]}`:                                                                                    true,
		`{"supervisor": {` + pool + `}, "steps": [{"start_child": ""}, {"fail_starts": "w#1", "queue": [{"at": 1, "step": {"terminate_child": "w#1"}}]}, {"exit": "w#1"}, {"count_children": ""}]}`:                                                            false,
		`{"supervisor": {` + pool + `}, "steps": [{"start_child": ""}, {"fail_starts": "w#1", "queue": [{"at": 1, "step": {"which_children": ""}}]}, {"exit": "w#1"}]}`:                                                                                        false,
		`{"supervisor": {"auto_shutdown": "all_significant", "children": [{"id": "a"}, {"id": "b", "restart": "temporary", "significant": true}]}, "steps": [{"fail_starts": "a", "queue": [{"at": 1, "step": {"stop": "shutdown"}}]}, {"exit": ["a", "b"]}]}`: false,
		`{"supervisor": {` + pool + `}, "steps": [{"start_child": "", "spec": {"id": "a"}}]}`:                                                                                                                                                                  false,
		`{"supervisor": {"strategy": "simple_one_for_one", "children": [{"id": "s", "supervisor": {"children": [{"id": "x"}]}}]}, "steps": [{"hang_stop": "s#1/x"}]}`:                                                                                          false,
	} {
		s, err := scenario.Parse([]byte(text))
		require.NoError(t, err, text)
		trace, err := scenario.Run(s)
		require.NoError(t, err, text)
		assert.Equal(t, want, random.Defined(s, trace), text)
	}
}

// Whatever is smaller is shorter to write, so that to make something smaller
// ends; but for what becomes a default.
func TestSmaller(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		s := random.Scenario(chance)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		list, err := random.Smaller(s)
		require.NoError(t, err)
		require.NotEmpty(t, list)
		for _, c := range list {
			less, err := json.Marshal(c)
			require.NoError(t, err)
			require.LessOrEqual(t, len(less), len(text))
			require.NotEqual(t, string(text), string(less))
		}
		unchanged, err := json.Marshal(s)
		require.NoError(t, err)
		require.Equal(t, string(text), string(unchanged))
	}
}
