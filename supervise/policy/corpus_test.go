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

// files are those of a directory of testdata, by their path.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
	require.NoError(t, err)
	found := map[string][]byte{}
	for _, path := range paths {
		if filepath.Ext(path) == ".golden" {
			continue
		}
		found[filepath.ToSlash(path)], err = os.ReadFile(path)
		require.NoError(t, err)
	}
	require.NotEmpty(t, found)
	return found
}

// corpus calls visit for each of files.
func corpus(t *testing.T, dir string, visit func(t *testing.T, path string, data []byte)) {
	t.Helper()
	for path, data := range files(t, dir) {
		t.Run(path, func(t *testing.T) { visit(t, path, data) })
	}
}

// Guarantee(policy): All mistakes of a policy file are reported at once, each with its line and column, what is wrong, and what would be right.
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

func TestTheFileOfTheDocumentationIsGood(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var text strings.Builder
	_, rest, _ := strings.Cut(string(source), "// # A file")
	for line := range strings.Lines(rest) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			text.WriteString(code)
		} else if text.Len() > 0 {
			break
		}
	}
	f, err := policy.Parse("doc.yaml", []byte(text.String()), variables)
	require.NoError(t, err)
	assert.Len(t, f.Tree().Children, 4)
}
