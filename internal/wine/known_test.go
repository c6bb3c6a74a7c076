package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var packagesLine = regexp.MustCompile(`(?m)^windows_packages=\((.*)\)$`)

// What is said of tests that are in no Windows build is true, and says all: this
// needs no Wine, so that whoever adds such a test learns it here.
func TestKnownTestsOfOtherSystems(t *testing.T) {
	t.Parallel()
	k, err := readKnown("known.txt")
	require.NoError(t, err)
	top := filepath.Join("..", "..")
	ci, err := os.ReadFile(filepath.Join(top, ".ci", "run"))
	require.NoError(t, err)
	line := packagesLine.FindSubmatch(ci)
	require.NotNil(t, line, "CI has the packages that are run")
	var packages []string
	for _, p := range strings.Fields(string(line[1])) {
		packages = append(packages, filepath.ToSlash(top)+strings.TrimPrefix(p, "."))
	}
	var r run
	r.linux, err = names("linux", packages)
	require.NoError(t, err)
	require.NotEmpty(t, r.linux)
	r.windows, err = names("windows", packages)
	require.NoError(t, err)
	assert.Empty(t, ofNames(r, k))
}
