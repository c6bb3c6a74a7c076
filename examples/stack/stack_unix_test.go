//go:build unix

package stack_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree is what proctor ps prints.
type tree struct {
	Children []struct {
		ID    string `json:"id"`
		State string `json:"state"`
		PID   int    `json:"pid"`
	} `json:"children"`
}

func (t tree) pids() map[string]int {
	pids := make(map[string]int)
	for _, c := range t.Children {
		if c.State == "running" {
			pids[c.ID] = c.PID
		}
	}
	return pids
}

// stack is a running one.
type stack struct {
	t       *testing.T
	program string
	socket  string
	run     *exec.Cmd
	output  *bytes.Buffer // of the run; read it when that has ended
}

// Guarantee(programs): Unmodified programs run as the tree of a policy file: each one killed is restarted along with those that need it, and a stop ends them in reverse order and leaves none.
func TestStackSurvivesItsFaults(t *testing.T) {
	for _, program := range []string{"nginx", "redis-server", "redis-cli", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed; tools/stack/prepare does that on Debian", program)
		}
	}
	s := startStack(t)
	first := s.ps().pids()
	require.Len(t, first, 3)

	second := s.kill(first["redis"])
	assert.Equal(t, first["web"], second["web"], "who is before Redis goes on")
	assert.NotEqual(t, first["redis"], second["redis"])
	assert.NotEqual(t, first["worker"], second["worker"], "who needs Redis is started anew")

	third := s.kill(second["worker"])
	assert.Equal(t, second["web"], third["web"])
	assert.Equal(t, second["redis"], third["redis"])

	fourth := s.kill(third["web"])
	for id := range fourth {
		assert.NotEqual(t, third[id], fourth[id], id)
	}

	require.NoError(t, s.run.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.run.Wait(), s.output)
	stopped := s.stopped()
	require.GreaterOrEqual(t, len(stopped), 3)
	assert.Equal(t, []string{"worker", "redis", "web"}, stopped[len(stopped)-3:])
	for _, pids := range []map[string]int{first, second, third, fourth} {
		for id, pid := range pids {
			// Whoever was killed as an orphan is there until init has seen to it.
			gone := func() bool { return errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH) }
			assert.Eventually(t, gone, time.Minute, 10*time.Millisecond, "nothing is left of %s", id)
		}
	}
	assert.Contains(t, s.output.String(), "worker  | working\n")
}

// startStack runs a copy of the example on free ports.
func startStack(t *testing.T) *stack {
	dir := t.TempDir()
	web, redis := freePort(t), freePort(t)
	for _, name := range []string{"stack.yaml", "worker.sh", "nginx.conf"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		text = bytes.ReplaceAll(text, []byte("127.0.0.1:8080;"), []byte("127.0.0.1:"+web+";"))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	s := &stack{t: t, program: filepath.Join(dir, "proctor"), socket: filepath.Join(dir, "socket"), output: &bytes.Buffer{}}
	out, err := exec.Command("go", "build", "-o", s.program, "../../cmd/proctor").CombinedOutput()
	require.NoError(t, err, "%s", out)
	s.run = exec.Command(s.program, "run", "--verbose", "--socket", s.socket, filepath.Join(dir, "stack.yaml"))
	s.run.Env = append(os.Environ(), "STACK="+dir, "DIR="+dir, "WEB_PORT="+web, "REDIS_PORT="+redis)
	up, w := io.Pipe()
	s.run.Stdout = io.MultiWriter(s.output, w)
	s.run.Stderr = s.run.Stdout
	require.NoError(t, s.run.Start())
	t.Cleanup(func() { s.run.Process.Kill() }) //nolint:errcheck // it has ended if all went well
	s.await(up)
	return s
}

// await reads what the run prints until the tree is up, and the rest of it
// beside the test.
func (s *stack) await(out *io.PipeReader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "supervisor is up") {
			go io.Copy(io.Discard, out) //nolint:errcheck // ends with the test
			return
		}
	}
	require.Fail(s.t, "the stack did not come up")
}

// kill kills a process, and waits until all are up again, the worker by
// another process.
func (s *stack) kill(pid int) map[string]int {
	worker := s.ps().pids()["worker"]
	require.NoError(s.t, syscall.Kill(pid, syscall.SIGKILL))
	for {
		pids := s.ps().pids()
		if len(pids) == 3 && pids["worker"] != worker {
			return pids
		}
	}
}

// stopped are the children in the order in which the run says that it stopped
// them.
func (s *stack) stopped() []string {
	var ids []string
	for line := range strings.Lines(s.output.String()) {
		if _, rest, ok := strings.Cut(line, `msg="child is stopped"`); ok {
			_, rest, _ = strings.Cut(rest, "child=")
			id, _, _ := strings.Cut(rest, " ")
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *stack) ps() tree {
	out, err := exec.Command(s.program, "ps", "--json", "--socket", s.socket).CombinedOutput()
	require.NoError(s.t, err, "%s", out)
	var t tree
	require.NoError(s.t, json.Unmarshal(out, &t))
	return t
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // nothing was written
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
