package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// printed is what the command prints.
func printed(command string, args ...string) (string, error) {
	var out bytes.Buffer
	root := (&app{stdout: &checked{to: &out}, stderr: &out}).root()
	root.SetArgs(append([]string{command}, args...))
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.Execute()
	return out.String(), err
}

func TestHelpAboutNothing(t *testing.T) {
	t.Parallel()
	for _, topic := range [][]string{nil, {"check"}, {"exit-codes"}, {"completion", "bash"}, {"help"}} {
		text, err := printed("help", topic...)
		require.NoError(t, err, topic)
		assert.NotEmpty(t, text, topic)
	}
	text, err := printed("help", "nosuch")
	require.ErrorContains(t, err, `unknown command "nosuch"`)
	assert.Empty(t, text)
}

func TestCompletionForNoShell(t *testing.T) {
	t.Parallel()
	for _, shell := range [][]string{nil, {"bash"}, {"zsh"}, {"fish"}, {"powershell"}} {
		text, err := printed("completion", shell...)
		require.NoError(t, err, shell)
		assert.NotEmpty(t, text, shell)
	}
	text, err := printed("completion", "nosuch")
	require.ErrorContains(t, err, `unknown command "nosuch"`)
	assert.Empty(t, text)
}

func TestWrongArgumentsNameTheRightOnes(t *testing.T) {
	t.Parallel()
	for command, usage := range map[string]string{
		"check": "check FILE...", "run": "run FILE", "graph": "graph FILE", "start": "start ID", "restart": "restart ID",
		"stop": "stop [ID]", "simulate": "simulate (SCENARIO.json | --policy FILE --script SCRIPT)",
	} {
		_, err := printed(command)
		assert.ErrorContains(t, err, "; it is proctor "+usage+" [flags]", command)
	}
	for _, command := range []string{"ps", "reload", "events"} {
		_, err := printed(command, "x")
		assert.ErrorContains(t, err, "; it is proctor "+command+" [flags]", command)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"run"}, "run needs an argument; it is proctor run FILE [flags]"},
		{[]string{"run", "a.yaml", "b.yaml"}, `run takes no further argument such as "b.yaml"; it is proctor run FILE [flags]`},
		{[]string{"ps", "web"}, `ps takes no argument such as "web"; it is proctor ps [flags]`},
		{[]string{"signal", "web"}, `signal needs an argument after "web"; it is proctor signal ID SIG [flags]`},
		{[]string{"logs", "a", "b"}, `logs takes no further argument such as "b"; it is proctor logs [ID] [flags]`},
	} {
		_, err := printed(tt.args[0], tt.args[1:]...)
		assert.EqualError(t, err, tt.want)
	}
}
