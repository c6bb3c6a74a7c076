package tree

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// StandardLibrary is the folder of the Go standard library's source, as the
// go command on the PATH says.
func StandardLibrary(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w (-src names another folder)", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "src"), nil
}
