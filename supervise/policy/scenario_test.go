package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

func TestScenarioHasTheValuesAsTheyAre(t *testing.T) {
	got, warnings, err := policy.Scenario("f.yaml", []byte(`
version: 1
supervisor:
  strategy: one_for_none
  intensity: -3
  period: 0s
  auto_shutdown: true
  circuit: true
  children:
    - {id: a, restart: always, shutdown: 1.5s, command: ["${NONE}"], type: 7}
    - {id: a, shutdown: 5s, significant: true}
    - {shutdown: 1d, id: 1.5}
    - {id: b, shutdown: 0.5ms, supervisor: {period: -5s, backoff: no, children: [{id: c, shutdown: infinity}, 3]}}
    - {id: d, shutdown: 99999999999d, supervisor: [x], significant: ~}
`))
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"strategy": "one_for_none", "intensity": -3, "period": "0s", "auto_shutdown": true,
		"children": [
			{"id": "a", "restart": "always", "shutdown": "1500ms", "type": 7},
			{"id": "a", "shutdown": "5s", "significant": true},
			{"id": 1.5, "shutdown": "86400000ms"},
			{"id": "b", "shutdown": "1ms", "supervisor": {"period": "-5s", "children": [{"id": "c", "shutdown": "infinity"}, 3]}},
			{"id": "d", "shutdown": "99999999999d", "supervisor": ["x"], "significant": null}
		]
	}`, string(got))
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.String())
	}
	assert.Equal(t, []string{
		`f.yaml:8:3: "circuit" is not in OTP, and is left out`,
		`f.yaml:10:48: "command" is not in OTP, and is left out`,
		`f.yaml:13:58: "backoff" is not in OTP, and is left out`,
	}, texts)
}

func TestScenarioRefusesWhatIsNoTree(t *testing.T) {
	for text, want := range map[string]string{
		"supervisor: {stratgy: x, children: [{id: a, restrat: b}]}": `f.yaml:1:14: a supervisor has no key "stratgy"; did you mean strategy?
f.yaml:1:45: a child has no key "restrat"; did you mean restart?`,
		"name: x":         "f.yaml:1:1: a policy file has no supervisor; write one document, with the key supervisor",
		"[]":              "f.yaml:1:1: the file is a list; write one document, with the key supervisor",
		"supervisor: {":   "f.yaml:1:13: this is no YAML: did not find expected node content; look here and in the line above for a wrong indentation, or for a text that needs quotes",
		"":                "f.yaml:1:1: the file is empty; write one document, with the key supervisor",
		"supervisor: !x ": `f.yaml:1:13: the tag "!x" is not known here; remove it`,
	} {
		_, _, err := policy.Scenario("f.yaml", []byte(text))
		require.EqualError(t, err, want)
	}
}

func TestScenarioTakesNumbersThatJSONHasNot(t *testing.T) {
	got, _, err := policy.Scenario("f.yaml", []byte("supervisor: {intensity: 0x10, period: .inf, strategy: 1_000, auto_shutdown: 1e400}"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"intensity": 16, "period": ".inf", "strategy": 1000, "auto_shutdown": "1e400"}`, string(got))
}
