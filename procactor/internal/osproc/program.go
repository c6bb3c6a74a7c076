package osproc

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// FindProgram finds a program as os/exec does. Its path is absolute: a relative
// one would be looked up in the directory that the process is to have.
func FindProgram(path string) (string, error) {
	found, err := exec.LookPath(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(found)
}

// CleanEnv copies an environment, or this process's own if it is nil, without
// the variables of these names. Of a key that is there twice the last counts, as
// with os/exec, whose way it is.
func CleanEnv(env []string, drop ...string) []string {
	all := (&exec.Cmd{Env: env}).Environ()
	return slices.DeleteFunc(all, func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return slices.Contains(drop, key)
	})
}
