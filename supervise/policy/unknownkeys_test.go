package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

// Whoever brings a file of another supervisor along is told what its keys are
// here.
func TestKeysOfOtherSupervisors(t *testing.T) {
	for key, want := range map[string]string{
		"cwd":              "that is dir here",
		"working_dir":      "that is dir here",
		"WorkingDirectory": "that is dir here",
		"environment":      "that is env here: one key for each variable",
		"autorestart":      "that is restart here: permanent, transient or temporary",
		"ExecStart":        "that is command here: a list of the program and its arguments",
		"depends_on":       "that is after here: a list of IDs",
		"stopwaitsecs":     `that is shutdown here: how long it may take to end before it is killed, such as "10s"`,
		"healthcheck":      "that is ready here: what tells that its start is done",
		"user":             "a file does not change who a program runs as; run proctor as that user, or begin command with setpriv or su",
		"mem_limit":        "a file sets no limits yet; begin command with prlimit, or run proctor in a control group that has them",
		"stdout_logfile":   "what a program prints goes to the output of proctor run, each line with its path before it, and proctor logs shows it",
		"autostart":        "each child of the file is started with the tree; leave it out of the file, or stop it by proctor stop",
		"restrat":          "did you mean restart?", // as before
	} {
		_, err := policy.Parse("f.yaml", []byte("supervisor: {children: [{id: a, command: [x], "+key+": 1}]}"), nil)
		require.Error(t, err, key)
		assert.Contains(t, err.Error(), `a child has no key "`+key+`"; `+want, key)
		assert.NotContains(t, err.Error(), "\n", "one mistake is told once")
	}
	_, err := policy.Parse("f.yaml", []byte("supervisor: {services: [{id: a, command: [x]}]}"), nil)
	require.ErrorContains(t, err, `a supervisor has no key "services"; that is children here: a list, each with an id`)
	_, err = policy.Parse("f.yaml", []byte("supervisor: {children: [], user: 1}"), nil)
	require.ErrorContains(t, err, `a supervisor has no key "user"; use one of`, "it is no matter of a supervisor")
}

// What a key of another supervisor is taken for is a key of ours.
func TestOtherKeysLeadToOurs(t *testing.T) {
	known := map[string]bool{"": true}
	for _, o := range policy.DescribedObjects() {
		for _, k := range o.Keys {
			known[k.Name] = true
		}
	}
	for theirs, ours := range policy.OursForOtherKeys() {
		assert.True(t, known[ours], "%s: there is no key %s", theirs, ours)
		assert.False(t, known[theirs], "%s is a key of ours", theirs)
	}
}
