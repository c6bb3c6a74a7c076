package policy_test

import (
	"fmt"
	"testing"

	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	for child, want := range map[string]string{
		`command: [redis-server, --port, 6380]`:                                                  "",
		`command: ["/opt/my app/run", x]`:                                                        "",
		`command: [sh, -c, "cd $HOME && ./x | tee ~/log"]`:                                       "",
		`command: ["${PROGRAM}", "a & b"], dir: "${HOME}/x"`:                                     "",
		`command: [find, ".", -exec, x, ";"]`:                                                    "",
		`command: [x], env: {PASSWORD: "pa$word"}`:                                               "",
		`command: ["redis-server --port 6380"]`:                                                  "command begins with one text that has blanks",
		`command: ["/usr/bin/sleep 10"]`:                                                         "command begins with one text that has blanks",
		`command: ["/bin/x --port 6380"]`:                                                        "command begins with one text that has blanks",
		`command: ["cd /srv && ./x"]`:                                                            "command begins with a line for a shell",
		`command: ["~/bin/x"]`:                                                                   "command begins with ~",
		`command: ["$HOME/bin/x"]`:                                                               "command has a variable without braces",
		`command: [x, --data, ~/data]`:                                                           "command[2] begins with ~",
		`command: [x, ">", log]`:                                                                 "command[1] is >, which only a shell understands",
		`command: [x], dir: ~/x`:                                                                 "dir begins with ~",
		`command: [x], dir: $PWD/x`:                                                              "dir has a variable without braces",
		`command: [x], env: {PATH: "/x:$PATH"}`:                                                  "env.PATH has a variable without braces, which stays as it is; write ${PATH}",
		`command: [x], env: {DATA: "~/x"}`:                                                       "env.DATA begins with ~",
		`command: [x], ready: {command: ["redis-cli ping"]}`:                                     "ready.command begins with one text that has blanks",
		`command: [x], every: 1h, restart: temporary`:                                            "restart: temporary forgets the child at its first run that fails",
		`command: [x], every: 1h, restart: temporary, on_fail: crash`:                            "write on_fail: log",
		`command: [x], every: 1h, restart: temporary, on_fail: log`:                              "",
		`command: [x], every: 1h, on_fail: log, backoff: {initial: 1s}`:                          "backoff is about crashes",
		`command: [x], every: 1h, on_fail: log, on_exit: [{when: {exit_code: 3}, do: escalate}]`: "on_exit is about crashes",
		`command: [x], every: 1h, on_fail: log, max_restarts: {intensity: 1, period: 1s}`:        "max_restarts is about crashes",
		`command: [x], every: 1h, backoff: {initial: 1s}`:                                        "",
		`command: [x], every: 1h`:                                                                "",
		`command: [x], restart: temporary`:                                                       "",
	} {
		env := func(string) (string, bool) { return "~/a b | $c", true } // what comes from a variable is looked at by nobody
		file, err := policy.Parse("f.yaml", fmt.Appendf(nil, "supervisor: {children: [{id: s, supervisor: {children: [{id: a, %s}]}}]}", child), env)
		require.NoError(t, err, child)
		got := file.Warnings()
		if want == "" {
			assert.Empty(t, got, child)
			continue
		}
		if assert.Len(t, got, 1, child) {
			assert.Contains(t, got[0].Text, want)
			assert.Regexp(t, `^f\.yaml:1:\d+: `, got[0].String())
		}
	}
}
