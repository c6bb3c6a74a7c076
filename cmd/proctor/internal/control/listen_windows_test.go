package control_test

import (
	"path/filepath"
	"testing"
)

func addressFor(t *testing.T) string {
	t.Helper()
	return `\\.\pipe\proctor-test-` + filepath.Base(t.TempDir()) + filepath.Base(t.Name())
}
