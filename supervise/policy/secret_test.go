package policy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// Guarantee(secrets): What a policy file takes from variables, and every value of a child's env, never appears in a log line or in printed output, unless a program writes it itself.
func TestSecretsAreNotShown(t *testing.T) {
	f := parsed(t, `
supervisor:
  children:
    - id: a
      command: [run, "--password=${REDIS_PASSWORD}", "two words", "${NONE:-fallback}"]
      env: {TOKEN: hunter2, OTHER: "${REDIS_PASSWORD}"}
      dir: /x/${REDIS_PASSWORD}
      ready: {http: "http://u:${REDIS_PASSWORD}@h/"}
    - {id: b, command: [x], ready: {tcp: "${REDIS_PASSWORD}:1"}}
    - {id: c, command: [x], ready: {command: [x, "${REDIS_PASSWORD}"]}}
`)
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	show := func(v any) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		log.Write(text)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		logger.Info("child", "of", v, "with", []any{v})
	}
	got := map[string]policy.Command{}
	_, err := f.Spec(policy.Fill{Command: commands(got)})
	require.NoError(t, err)
	require.Equal(t, "--password=hunter2", got["a"].Args[1])
	require.Equal(t, []string{"TOKEN=hunter2", "OTHER=hunter2"}, got["a"].Env)
	for _, c := range got {
		show(c)
		show(&c)
		show(c.Ready)
		if c.Ready != nil {
			show(*c.Ready)
		}
	}
	show(f)
	show(*f)
	show(f.Tree())
	show(policy.Diff(f, parsed(t, "supervisor: {children: [{id: a, command: [other]}]}")))
	_, err = f.Spec(policy.Fill{Command: func(c policy.Command) (supervise.ChildSpec, error) {
		return supervise.ChildSpec{}, errors.New("cannot run " + c.String())
	}})
	log.WriteString(err.Error())

	assert.NotContains(t, log.String(), "hunter2")
	assert.NotContains(t, log.String(), "fallback")
	assert.NotContains(t, strings.ToLower(log.String()), fmt.Sprintf("%x", "hunter2"))
	for _, v := range []slog.LogValuer{got["a"], got["a"].Ready} {
		assert.Equal(t, slog.KindString, slog.AnyValue(v).Resolve().Kind(), "also for handlers that use neither fmt nor encoding")
	}
	assert.Equal(t, `run --password=${REDIS_PASSWORD} "two words" ${NONE}`, got["a"].String())
	assert.Equal(t, "http http://u:${REDIS_PASSWORD}@h/", got["a"].Ready.String())
	assert.Equal(t, []string{"run", "--password=${REDIS_PASSWORD}", "two words", "${NONE}"}, f.Tree().Children[0].Command)
}
