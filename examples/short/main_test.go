package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programVariable makes a start of the test binary the program itself. Its
// workers inherit it.
const programVariable = "PROCTOR_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// What the README shows as the output of the program is what it prints, but for
// the numbers of processes.
func TestOutputIsThatOfTheReadme(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), programVariable+"=1")
	out, err := cmd.Output()
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(readme), "go run ./examples/short\n")
	require.True(t, ok)
	shown, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	numbers := regexp.MustCompile(`(process |#|@)\d+`)
	assert.Equal(t, numbers.ReplaceAllString(shown, "${1}N"), numbers.ReplaceAllString(string(out), "${1}N"))
}
