package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proctor-dev/proctor/supervise/policy"
)

func TestDiff(t *testing.T) {
	const ab = `children: [{id: a, command: [x, 1], env: {A: 1, B: 2}}, {id: b}]`
	tests := []struct {
		name, old, to, want string
	}{
		{"nothing", ab, ab, "no change"},
		{"nothing but how it is written", ab, `children: [{id: a, restart: permanent, command: [x, "1"], env: {B: "2", A: "${ONE:-1}"}}, {id: b, type: worker, after: [a]}]`, "top: retune b"},
		{"defaults are values", `children: []`, `{intensity: 1, period: 5s, strategy: one_for_one, auto_shutdown: never, circuit: false}`, "no change"},
		{"policy", `period: 5s`, `period: 6s`, "top: another policy"},
		{"strategy", `{}`, `strategy: one_for_all`, "top: another policy"},
		{"intensity", `{}`, `intensity: 0`, "top: another policy"},
		{"auto_shutdown", `{}`, `auto_shutdown: any_significant`, "top: another policy"},
		{"backoff", `{}`, `backoff: {initial: 1s}`, "top: another policy"},
		{"oom", `oom: {intensity: 1}`, `oom: {intensity: 2}`, "top: another policy"},
		{"boot", `{}`, `boot: restart`, "top: another policy"},
		{"boot as it is", `{}`, `boot: stop`, "no change"},
		{"circuit", `{}`, `circuit: true`, "top: another policy"},
		{"on_exit", `{}`, `on_exit: []`, "top: another policy"},
		{"classes", `on_exit: [{do: stop, when: {error: a}}]`, `on_exit: [{do: stop, when: {error: b}}]`, "top: another policy"},
		{"added, removed", ab, `children: [{id: c}, {id: b}]`, "top: add c; remove a"},
		{"order", `children: [{id: a}, {id: b}, {id: c}]`, `children: [{id: b}, {id: c}, {id: a}]`, "top: another order"},
		{"an added one changes no order", `children: [{id: a}, {id: c}]`, `children: [{id: a}, {id: b}, {id: c}]`, "top: add b"},
		{"argument", `children: [{id: a, command: [x, 1]}]`, `children: [{id: a, command: [x, 2]}]`, "top: restart a"},
		{"env", `children: [{id: a, command: [x], env: {A: 1}}]`, `children: [{id: a, command: [x], env: {A: "${REDIS_PORT}"}}]`, "top: restart a"},
		{"dir", `children: [{id: a, command: [x]}]`, `children: [{id: a, command: [x], dir: /}]`, "top: restart a"},
		{"dir from a variable", `children: [{id: a, command: [x], dir: hunter2}]`, `children: [{id: a, command: [x], dir: "${REDIS_PASSWORD}"}]`, "no change"},
		{"ready", `children: [{id: a, command: [x], ready: {stdout: a}}]`, `children: [{id: a, command: [x], ready: {stdout: b}}]`, "top: restart a"},
		{"ready, stderr", `children: [{id: a, command: [x], ready: {stderr: a}}]`, `children: [{id: a, command: [x], ready: {stderr: b}}]`, "top: restart a"},
		{"ready of another stream", `children: [{id: a, command: [x], ready: {stdout: a}}]`, `children: [{id: a, command: [x], ready: {stderr: a}}]`, "top: restart a"},
		{"ready of another kind", `children: [{id: a, command: [x], ready: {tcp: "h:1"}}]`, `children: [{id: a, command: [x], ready: {http: "http://h:1"}}]`, "top: restart a"},
		{"port", `children: [{id: a, command: [x], ready: {tcp: "h:1"}}]`, `children: [{id: a, command: [x], ready: {tcp: "h:2"}}]`, "top: restart a"},
		{"probe", `children: [{id: a, command: [x], ready: {command: [y, 1]}}]`, `children: [{id: a, command: [x], ready: {command: [y, 2]}}]`, "top: restart a"},
		{"timeout", `children: [{id: a, command: [x], ready: {frame: true}}]`, `children: [{id: a, command: [x], ready: {frame: true, timeout: 1s}}]`, "top: restart a"},
		{"the same ready", `children: [{id: a, command: [x], ready: {stdout: a}}]`, `children: [{id: a, command: [x], ready: {stdout: a, timeout: 30s}}]`, "no change"},
		{"the same ready, stderr", `children: [{id: a, command: [x], ready: {stderr: a}}]`, `children: [{id: a, command: [x], ready: {stderr: a, timeout: 30s}}]`, "no change"},
		{"pool", `children: [{id: a, command: [x], ready: {frame: true}, pool: {size: 1}}]`, `children: [{id: a, command: [x], ready: {frame: true}, pool: {size: 2}}]`, "top: restart a"},
		{"every", `children: [{id: a, command: [x]}]`, `children: [{id: a, command: [x], every: 1s}]`, "top: restart a"},
		{"on_fail", `children: [{id: a, command: [x], every: 1s}]`, `children: [{id: a, command: [x], every: 1s, on_fail: log}]`, "top: restart a"},
		{"the same on_fail", `children: [{id: a, command: [x], every: 1s}]`, `children: [{id: a, command: [x], every: 1s, on_fail: crash}]`, "no change"},
		{"no command any more", `children: [{id: a, command: [x]}]`, `children: [{id: a}]`, "top: restart a"},
		{"tuned", `children: [{id: a, command: [x]}, {id: b}, {id: c}, {id: d}]`, `children: [{id: a, command: [x], shutdown: 1s}, {id: b, backoff: {initial: 1s}}, {id: c, max_restarts: {intensity: 0}}, {id: d, on_exit: []}]`, "top: retune a, b, c, d"},
		{"beneath", `children: [{id: s, supervisor: {children: [{id: t, supervisor: {children: [{id: a}]}}]}}]`, `children: [{id: s, supervisor: {period: 1s, children: [{id: t, supervisor: {children: [{id: b}]}}]}}]`, "s: another policy\ns/t: add b; remove a"},
		{"a supervisor that becomes a child", `children: [{id: s, supervisor: {children: [{id: a}]}}]`, `children: [{id: s}]`, "top: restart s"},
		{"of another kind", `children: [{id: s, supervisor: {children: [{id: a}]}}]`, `children: [{id: s, supervisor: {strategy: simple_one_for_one, children: [{id: b}]}}]`, "top: restart s"},
		{"the top of another kind", `children: [{id: a}]`, `{strategy: simple_one_for_one, children: [{id: a}]}`, "start anew: the top supervisor becomes, or was, a simple_one_for_one\ntop: another policy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := func(s string) *policy.File {
				if s[0] != '{' {
					s = "{" + s + "}"
				}
				return parsed(t, "supervisor: "+s)
			}
			got := policy.Diff(file(tt.old), file(tt.to))
			assert.Equal(t, tt.want, got.String())
			assert.Equal(t, tt.want == "no change", got.Empty())
		})
	}
	renamed := policy.Diff(parsed(t, "supervisor: {}"), parsed(t, "{name: other, supervisor: {}}"))
	assert.Equal(t, "start anew: the name of the top supervisor is another", renamed.String())
}
