package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHelpAboutNothing(t *testing.T) {
	t.Parallel()
	help := func(args ...string) (string, error) {
		var out bytes.Buffer
		root := (&app{stdout: &out, stderr: &out}).root()
		root.SetArgs(append([]string{"help"}, args...))
		root.SetOut(&out)
		root.SetErr(&out)
		err := root.Execute()
		return out.String(), err
	}
	for _, topic := range [][]string{nil, {"check"}, {"exit-codes"}, {"completion", "bash"}, {"help"}} {
		text, err := help(topic...)
		require.NoError(t, err, topic)
		assert.NotEmpty(t, text, topic)
	}
	text, err := help("nosuch")
	require.ErrorContains(t, err, `unknown command "nosuch"`)
	assert.Empty(t, text)
}

func TestCompletionForNoShell(t *testing.T) {
	t.Parallel()
	complete := func(args ...string) (string, error) {
		var out bytes.Buffer
		root := (&app{stdout: &out, stderr: &out}).root()
		root.SetArgs(append([]string{"completion"}, args...))
		root.SetOut(&out)
		root.SetErr(&out)
		err := root.Execute()
		return out.String(), err
	}
	for _, shell := range [][]string{nil, {"bash"}, {"zsh"}, {"fish"}, {"powershell"}} {
		text, err := complete(shell...)
		require.NoError(t, err, shell)
		assert.NotEmpty(t, text, shell)
	}
	text, err := complete("nosuch")
	require.ErrorContains(t, err, `unknown command "nosuch"`)
	assert.Empty(t, text)
}
