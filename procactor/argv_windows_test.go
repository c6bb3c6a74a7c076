package procactor_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddArguments are such as a command line of one string is easily split at the
// wrong place.
var oddArguments = []string{
	"", "plain", "with space", `quo"te`, `"quoted"`, `back\slash`, `trailing\`, `trailing space \`, `two\\`, `\"`, `\\"`, `a\\\"b`,
	"tab\there", "new\nline", "%PATH%", "a&b|c<d>e^f", "ünïcödé 漢字 🙂", "'single'", " lead", "-flag=a b", `C:\dir with\`, "*?",
}

// Guarantee(windows): On Windows, arguments, variables and directories reach the worker exactly, whatever they hold, and so does a program's path.
func TestWindowsCommandLine(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a dir, ünïcödé 漢字")
	require.NoError(t, os.Mkdir(dir, 0o700))
	self, err := os.Executable()
	require.NoError(t, err)
	program, err := place(self, filepath.Join(dir, "the worker & co"))
	require.NoError(t, err)
	here := filepath.Join(dir, "its place")
	require.NoError(t, os.Mkdir(here, 0o700))

	w := procactor.Program(program, oddArguments...)
	w.Dir = here
	value := `a "value" with \ and = and 漢字`
	w.Env = append(os.Environ(), roleVariable+"=deeds", "PROCTOR_TEST_ODD="+value, "PROCTOR_TEST_EMPTY=")
	sys := newSystem(t)
	p := begin(t, sys, "w", w)
	ask := func(what string) string {
		t.Helper()
		s, err := act.On(p).Call(t.Context(), deed{Do: what})
		require.NoError(t, err)
		return s
	}
	assert.Equal(t, append([]string{program}, oddArguments...), strings.Split(ask("args"), "\x00"))
	assert.Contains(t, strings.Split(ask("env"), "\n"), "PROCTOR_TEST_ODD="+value)
	assert.Contains(t, strings.Split(ask("env"), "\n"), "PROCTOR_TEST_EMPTY=")
	assert.True(t, strings.EqualFold(here, ask("dir")), "%s", ask("dir"))
	require.NoError(t, sys.Close(t.Context()))
}

// A batch file is run by a shell that reads the command line by rules of its
// own.
func TestBatchFileGetsNoCommandAsArgument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	marked := filepath.Join(dir, "marked")
	for _, name := range []string{"tool.bat", "tool.CMD"} {
		tool := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(tool, []byte("@exit 7\r\n"), 0o600))
		for _, arg := range []string{`"&echo x>` + marked + `&"`, "%PATH%", "a&b", "a\nb", "a|b", "a^b", "(a"} {
			_, err := procactor.Start(t.Context(), quietSystem(t), "w", procactor.Program(tool, "fine", arg))
			require.ErrorIs(t, err, errors.ErrUnsupported, "%s", arg)
			assert.ErrorContains(t, err, "batch file")
		}
		_, err := procactor.Start(t.Context(), quietSystem(t), "w", procactor.Program(tool, "fine", "with space", "/c:1"))
		var failure *actor.StartError
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, 7, exitOf(t, err).Code, "it ran, and is no worker")
	}
	assert.NoFileExists(t, marked)
}
