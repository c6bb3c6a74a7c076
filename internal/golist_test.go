package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// systems are those that the library is for. The imports of a package differ
// between them.
func systems() []string { return []string{"linux", "darwin", "windows"} }

// listed is the part of go list's answer that the tests read.
type listed struct {
	ImportPath   string
	Standard     bool
	Module       *struct{ Path string }
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// goList runs go list -json for a system in the root of the repository. No
// network is used: what a test needs is what the build has needed already.
func goList(t *testing.T, goos string, args ...string) []listed {
	t.Helper()
	out := goCommand(t, root(t), []string{"GOOS=" + goos, "CGO_ENABLED=0"}, append([]string{"list", "-json"}, args...)...)
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// goCommand runs the go command and returns its standard output; it fails the
// test with the standard error if the command fails.
func goCommand(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	out, err := tryGo(t, dir, env, args...)
	require.NoError(t, err)
	return out
}

func tryGo(t *testing.T, dir string, env []string, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(errors.New(cmd.String()), err, errors.New(stderr.String()))
	}
	return out, nil
}

// root is the folder of the repository. A test runs in that of its package.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, "go.mod"))
	return dir
}
