package commands_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

// A changed file may make another kind of child of one that runs.
func TestApplyChangesTheKindOfAChild(t *testing.T) {
	kinds := []string{
		`command: ["${EXE}", play, say, x]`,
		`command: ["${EXE}"], ready: {frame: true}`,
		`supervisor: {children: [{id: y, command: ["${EXE}", play, say, x]}]}`,
		`command: ["${EXE}"], ready: {frame: true}, pool: {size: 1}`,
		`command: ["${EXE}", play, once], every: 1h`,
		`command: ["${EXE}", play, say, x]`,
	}
	file := func(kind string) string { return "supervisor: {children: [{id: x, " + kind + "}]}" }
	env := func(string) (string, bool) { exe, err := os.Executable(); return exe, err == nil }
	old, err := policy.Parse("old.yaml", []byte(file(kinds[0])), env)
	require.NoError(t, err)
	tr, err := start(t, file(kinds[0]), nil, nil)
	require.NoError(t, err)
	for _, kind := range kinds[1:] {
		to, err := policy.Parse("new.yaml", []byte(file(kind)), env)
		require.NoError(t, err)
		_, err = policy.Apply(t.Context(), tr.sys, tr.top, old, to, policy.Fill{Command: commands.Maker(commands.Options{})})
		require.NoError(t, err, kind)
		which, err := tr.top.WhichChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, supervise.Running, which[0].State, kind)
		old = to
	}
}
