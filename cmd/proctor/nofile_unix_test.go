//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is no file is refused by each command that reads one, and nobody waits for
// somebody to write on a pipe.
func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	require.NoError(t, syscall.Mkfifo(filepath.Join(p.dir, "pipe.yaml"), 0o600))
	for _, args := range [][]string{
		{"check", "pipe.yaml"},
		{"run", "pipe.yaml"},
		{"graph", "pipe.yaml"},
		{"simulate", "pipe.yaml"},
		{"simulate", "--policy", "pipe.yaml", "--script", p.write(t, "script.json", `{"steps": []}`)},
	} {
		r := p.do(t, args...)
		assert.Contains(t, []int{1, 2}, r.code, args)
		assert.Contains(t, r.stdout+r.stderr, "pipe.yaml", args)
		assert.Contains(t, r.stdout+r.stderr, "this is a pipe", args)
	}
	assert.Contains(t, p.do(t, "check", "/dev/zero").stdout, "this is a device; name a file")

	// A reload of one waits for nobody either, and the tree can be asked afterwards.
	file := p.write(t, "pair.yaml", pair)
	r := p.run(t, file)
	r.await(t, "back/second | up")
	p.eventuallyRuns(t)
	require.NoError(t, os.Rename(filepath.Join(p.dir, "pipe.yaml"), filepath.Join(p.dir, file)))
	for range 2 {
		told := p.do(t, "reload")
		assert.Equal(t, 1, told.code)
		assert.Contains(t, told.stderr, "this is a pipe")
	}
	p.write(t, "again.yaml", pair)
	require.NoError(t, os.Rename(filepath.Join(p.dir, "again.yaml"), filepath.Join(p.dir, file)))
	p.good(t, "reload")
}

// What a shell gives as a descriptor may be a pipe.
func TestPolicyFromAPipe(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	cmd := p.command("check", "/dev/stdin")
	cmd.Stdin = strings.NewReader("supervisor: {chldren: []}")
	out, err := cmd.Output()
	var failed *exec.ExitError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, string(out), `/dev/stdin:1:14: a supervisor has no key "chldren"`)
}
