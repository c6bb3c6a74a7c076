package scenario_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Guarantee(policy): A mistake in a scenario file is reported with its place.
func TestMistakesHavePlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"steps": [`:                       `steps: it ends too early`,
		`{} {}`:                             `there is more after its end`,
		`[]`:                                `it is a list, but must be an object`,
		`{"stepz": []}`:                     `the key "stepz" is unknown`,
		`{"name": "a", "name": "b"}`:        `the key "name" is there twice`,
		`{"steps": {}}`:                     `steps: it is an object, but must be a list`,
		`{"unordered": "yes"}`:              `unordered: it is a string, but must be true or false`,
		`{"setup": [{"stop": "shutdown"}]}`: `setup[0]: the step stop is not possible here, but only: fail_starts, hang_stop`,
		`{"steps": [{"exit": "a"}, {"exit": 7}]}`:                                        `steps[1].exit: it is a number, but must be a path`,
		`{"steps": [{"exit": []}]}`:                                                      `steps[0].exit: the list must not be empty`,
		`{"steps": [{"exit": "a", "reason": "boredom"}]}`:                                `steps[0].reason: "boredom" must be one of normal, shutdown, crash, kill, or shutdown:TERM`,
		`{"steps": [{"stop": "kill"}]}`:                                                  `steps[0].stop: "kill" must be one of normal, shutdown, crash, or shutdown:TERM`,
		`{"steps": [{"exit": "a", "times": 1}]}`:                                         `steps[0]: the key "times" is unknown`,
		`{"steps": [{"exit": "a", "stop": "shutdown"}]}`:                                 `steps[0]: it has the keys of two steps: exit, stop`,
		`{"steps": [{}]}`:                                                                `steps[0]: none of its keys is that of a step`,
		`{"steps": [{"advance": "5 s"}]}`:                                                `steps[0].advance: "5 s" must be a time such as "5s": an integer and ms, s, m or h`,
		`{"steps": [{"advance": "-5s"}]}`:                                                `steps[0].advance: time does not go back`,
		`{"steps": [{"advance": "99999999999999h"}]}`:                                    `steps[0].advance: "99999999999999h" is too long a time`,
		`{"steps": [{"fail_starts": "a", "times": -1}]}`:                                 `steps[0].times: -1 must not be less than 0`,
		`{"steps": [{"fail_starts": "a", "times": 1.5}]}`:                                `steps[0].times: 1.5 must be an integer of at most 32 bits`,
		`{"steps": [{"fail_starts": "a", "reason": "x"}]}`:                               `steps[0].reason: "x" must be one of error, exception, ignore`,
		`{"steps": [{"fail_starts": "a", "queue": [{"at": 1}]}]}`:                        `steps[0].queue[0]: the key "step" is missing`,
		`{"steps": [{"fail_starts": "a", "queue": [{"step": {}}]}]}`:                     `steps[0].queue[0]: the key "at" is missing`,
		`{"steps": [{"fail_starts": "a", "queue": [{"at": 1, "step": {"exit": "a"}}]}]}`: `steps[0].queue[0].step: the step exit is not possible here`,
		`{"steps": [{"start_child": "", "spec": {}}]}`:                                   `steps[0].spec: the key "id" is missing`,
		`{"supervisor": {"children": [{"id": "a/b"}]}}`:                                  `supervisor.children[0].id: "a/b" must be a name without '/' and '#'`,
		`{"supervisor": {"children": [{"id": "a", "shutdown": "soon"}]}}`:                `supervisor.children[0].shutdown: "soon" must be "brutal_kill", "infinity" or a time such as "5s"`,
		`{"supervisor": {"children": [{"id": "a", "supervisor": {"period": 5}}]}}`:       `supervisor.children[0].supervisor.period: it is a number, but must be a time`,
		`{"supervisor": {"intensity": "1"}}`:                                             `supervisor.intensity: it is a string, but must be an integer`,
		`{"supervisor": null}`:                                                           `supervisor: it is null, but must be an object`,
	} {
		_, err := scenario.Parse([]byte(text))
		var wrong *scenario.Error
		if assert.ErrorAs(t, err, &wrong, text) {
			assert.Contains(t, err.Error(), "scenario: "+want, text)
		}
	}
}

// What OTP refuses is no mistake of the file.
func TestWhatOTPRefusesCanBeWritten(t *testing.T) {
	t.Parallel()
	for tree, want := range map[string]string{
		`{"strategy": "two_for_one"}`:                                              "error:invalid_strategy",
		`{"intensity": -1}`:                                                        "error:invalid_intensity",
		`{"period": "0s"}`:                                                         "error:invalid_period",
		`{"auto_shutdown": "some"}`:                                                "error:invalid_auto_shutdown",
		`{"children": [{"id": "a", "restart": "often"}]}`:                          "error:invalid_restart_type",
		`{"children": [{"id": "a", "shutdown": "-10ms"}]}`:                         "error:invalid_shutdown",
		`{"children": [{"id": "a", "type": "boss"}]}`:                              "error:invalid_child_type",
		`{"children": [{"id": "a", "restart": "transient", "significant": true}]}`: "error:bad_combination",
		`{"children": [{"id": "a"}, {"id": "a"}]}`:                                 "error:duplicate_child_name",
		`{"strategy": "simple_one_for_one"}`:                                       "error:bad_start_spec",
		`{"children": [{"id": "a", "supervisor": {"strategy": "x"}}]}`:             "error:failed_to_start_child",
	} {
		s, err := scenario.Parse([]byte(`{"supervisor": ` + tree + `, "steps": []}`))
		require.NoError(t, err, tree)
		trace, err := scenario.Run(s)
		require.NoError(t, err, tree)
		assert.Equal(t, want, trace[len(trace)-1].Result, tree)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/otp/scenarios/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		s, err := scenario.Parse(text)
		require.NoError(t, err)
		again, err := json.Marshal(s)
		require.NoError(t, err)
		s2, err := scenario.Parse(again)
		require.NoError(t, err)
		require.Equal(t, s, s2, file)
	}
}

func TestTreeFromElsewhere(t *testing.T) {
	t.Parallel()
	tree, unknown, err := scenario.ParseSupervisor([]byte(`{"backoff": {"initial": "1s"}, "children": [{"id": "a", "command": ["x"]}, {"id": "s", "supervisor": {"circuit": true}}]}`))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"backoff", "children[0].command", "children[1].supervisor.circuit"}, unknown)
	script, err := scenario.Parse([]byte(`{"steps": [{"exit": "a"}]}`))
	require.NoError(t, err)
	_, err = scenario.Run(script)
	require.EqualError(t, err, `scenario: the key "supervisor" is missing`)
	script.Supervisor = tree
	trace, err := scenario.Run(script)
	require.NoError(t, err)
	assert.Equal(t, supervise.TraceLine{Kind: supervise.TraceStart, Child: "a"}, trace[len(trace)-1])
	_, _, err = scenario.ParseSupervisor([]byte(`{"children": 1}`))
	require.EqualError(t, err, "scenario: children: it is a number, but must be a list")
}

// A step that cannot be played is a mistake of the scenario.
func TestStepsThatCannotBe(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]string{
		`[{"exit": "s", "reason": "kill"}]`:                          "steps[0]: what becomes of the children of a supervisor that is killed",
		`[{"exit": ["a", "s/x"]}]`:                                   "steps[0]: it has another supervisor than the first",
		`[{"exit": ["a", "s"]}]`:                                     "steps[0]: it is a supervisor and one of several",
		`[{"exit": ["a", "a"]}]`:                                     "steps[0]: it is there twice",
		`[{"advance": "1s"}, {"start_child": "s"}]`:                  `steps[1]: the key "spec" is missing`,
		`[{"hang_stop": "i"}, {"terminate_child": "i"}]`:             "steps[1]: it hangs when it is stopped, and has infinite time for that",
		`[{"fail_starts": "a", "times": 2147483647}, {"exit": "a"}]`: "steps[1]: the tree does not come to rest after 100000 events",
	} {
		s, err := scenario.Parse([]byte(`{"supervisor": {"intensity": 2147483647, "children": [{"id": "a"}, {"id": "i", "shutdown": "infinity"}, {"id": "s", "supervisor": {"children": [{"id": "x"}]}}]}, "steps": ` + steps + `}`))
		require.NoError(t, err, steps)
		_, err = scenario.Run(s)
		assert.ErrorContains(t, err, "scenario: "+want, steps)
	}
}

// A field that stands twice means two things.
func TestTraceWithAFieldTwice(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"event":"start","child":"a","child":"b"}`:                              `the key "child" is there twice`,
		`{"event":"start","Child":"a"}`:                                          `it has no child`,
		`{"event":"reply","step":1,"result":"ok","value":{"specs":1,"Specs":2}}`: `there is no field "Specs"`,
		`{"event":"reply","step":1,"result":"ok","value":[{"id":"a","id":"b"}]}`: `the key "id" is there twice`,
	} {
		_, err := scenario.ParseTrace([]byte(line))
		assert.ErrorContains(t, err, want, line)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	one, err := scenario.ParseTrace([]byte("{\"event\":\"step\",\"step\":0}\n{\"event\":\"start\",\"child\":\"a\"}\n{\"child\":\"b\",\"event\":\"start\"}\n"))
	require.NoError(t, err)
	other, err := scenario.ParseTrace([]byte("{\"event\":\"step\",\"step\":0}\n{\"event\":\"start\",\"child\":\"b\"}\n\n{\"event\":\"start\",\"child\":\"a\"}\n"))
	require.NoError(t, err)
	require.NoError(t, scenario.Compare(one, other, true))
	var diff *scenario.DiffError
	require.ErrorAs(t, scenario.Compare(one, other, false), &diff)
	assert.Equal(t, 2, diff.Line)
	assert.Equal(t, "another trace, from line 2 on\n   {\"event\":\"step\",\"step\":0}\n - {\"event\":\"start\",\"child\":\"a\"}\n - {\"event\":\"start\",\"child\":\"b\"}\n"+
		" + {\"event\":\"start\",\"child\":\"b\"}\n + {\"event\":\"start\",\"child\":\"a\"}\n", diff.Error())
	require.Error(t, scenario.Compare(one, one[:2], true))
	for _, bad := range []string{
		`{"event":"start"}`, `{"event":"start","child":"a","more":1}`, `{"event":"dance"}`, `{}`, `7`,
		`{"event":"reply","step":0,"result":"ok","value":{"specs":1,"more":2}}`, `{"event":"reply","step":0,"result":"ok","value":[{"id":"a","state":"lost","type":"worker"}]}`,
	} {
		_, err := scenario.ParseTrace([]byte(bad))
		assert.Error(t, err, bad)
	}
}
