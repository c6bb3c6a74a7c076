//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inDeletedDir runs the program in a directory that was deleted.
func (p place) inDeletedDir(t *testing.T, args ...string) *running {
	t.Helper()
	cmd := p.command(args...)
	dir := filepath.Join(p.dir, "deployed")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	sh := exec.Command("sh", append([]string{"-c", `cd "$0" && rmdir "$0" && exec "$@"`, dir, cmd.Path}, args...)...)
	sh.Env = cmd.Env
	return begin(t, sh)
}

func TestRunInADeletedDirectory(t *testing.T) {
	t.Parallel()
	const tree = `
supervisor:
  children:
    - id: here
      command: [sh, -c, "echo up; exec sleep 1000"]
`
	p := newPlace(t)
	r := p.inDeletedDir(t, "run", filepath.Join(p.dir, p.write(t, "here.yaml", tree)))
	assert.Equal(t, 3, r.end(t), "it has not come up")
	assert.Contains(t, r.text(), "the working directory of this process is gone")
	assert.Contains(t, r.text(), "in a policy file dir")

	r = p.inDeletedDir(t, "run", filepath.Join(p.dir, p.write(t, "there.yaml", tree+"      dir: /\n")))
	r.await(t, "| up")
	r.signal(t, os.Interrupt)
	assert.Equal(t, 0, r.end(t))
}
