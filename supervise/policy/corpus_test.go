package policy_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

var update = flag.Bool("update", false, "write the golden files of this package")

// variables are those of the corpus.
func variables(name string) (string, bool) {
	v, ok := map[string]string{"REDIS_PASSWORD": "hunter2", "REDIS_PORT": "6380", "EMPTY": ""}[name]
	return v, ok
}

// corpus calls visit for each file of a directory of testdata.
func corpus(t *testing.T, dir string, visit func(t *testing.T, path string, data []byte)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
	require.NoError(t, err)
	found := 0
	for _, path := range files {
		if filepath.Ext(path) == ".golden" {
			continue
		}
		found++
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		t.Run(dir+"/"+filepath.Base(path), func(t *testing.T) { visit(t, filepath.ToSlash(path), data) })
	}
	require.NotZero(t, found)
}

// Guarantee: All mistakes of a policy file are reported at once, each with its line and column, what is wrong, and what would be right.
func TestMistakesAreReportedAtOnce(t *testing.T) {
	for _, dir := range []string{"bad", "unsaid"} {
		corpus(t, dir, func(t *testing.T, path string, data []byte) {
			_, err := policy.Parse(path, data, variables)
			require.Error(t, err)
			var all policy.Errors
			require.ErrorAs(t, err, &all)
			got := err.Error() + "\n"
			assert.NotContains(t, got, "hunter2")
			if *update {
				require.NoError(t, os.WriteFile(path+".golden", []byte(got), 0o644))
			}
			want, err := os.ReadFile(path + ".golden")
			require.NoError(t, err)
			assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
		})
	}
}

func TestGoodFilesAreRead(t *testing.T) {
	corpus(t, "good", func(t *testing.T, path string, data []byte) {
		_, err := policy.Parse(path, data, variables)
		assert.NoError(t, err)
	})
}
