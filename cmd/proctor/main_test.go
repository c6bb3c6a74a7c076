//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programVariable makes a start of the test binary the program itself.
const programVariable = "PROCTOR_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		main()
	}
	procactor.Main()
	os.Exit(m.Run())
}

// hangGuard is how long a test waits for what must come: it is never measured.
const hangGuard = time.Minute

// place is a directory with policy files, and where sockets are.
type place struct{ dir string }

func newPlace(t *testing.T) place {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") //nolint:usetesting // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return place{dir}
}

func (p place) write(t *testing.T, name, text string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600))
	return name
}

func (p place) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), programVariable+"=1", "XDG_RUNTIME_DIR="+p.dir, "PROCTOR_SOCKET=", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// result is how a run of the program ended.
type result struct {
	code           int
	stdout, stderr string
}

// do runs the program to its end.
func (p place) do(t *testing.T, args ...string) result {
	t.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	late := time.AfterFunc(hangGuard, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Run()
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// good runs the program to its end, which must be a good one.
func (p place) good(t *testing.T, args ...string) string {
	t.Helper()
	r := p.do(t, args...)
	require.Zero(t, r.code, "%s\n%s", r.stdout, r.stderr)
	return r.stdout
}

// running is a tree that runs.
type running struct {
	cmd   *exec.Cmd
	lines chan string // of stdout and stderr
	ended chan struct{}

	mu  sync.Mutex // protects all
	all []string
}

// run starts a tree, which is killed with the test.
func (p place) run(t *testing.T, args ...string) *running {
	t.Helper()
	return p.runAs(t, func(*exec.Cmd) {}, args...)
}

// runAs starts a tree as prepare says.
func (p place) runAs(t *testing.T, prepare func(*exec.Cmd), args ...string) *running {
	t.Helper()
	cmd := p.command(append([]string{"run"}, args...)...)
	prepare(cmd)
	return begin(t, cmd)
}

// begin starts a command that runs a tree.
func begin(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{cmd: cmd, lines: make(chan string, 10000), ended: make(chan struct{})}
	out, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	errs, err := r.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	var readers sync.WaitGroup
	for _, from := range []io.Reader{out, errs} {
		readers.Go(func() {
			for s := bufio.NewScanner(from); s.Scan(); {
				r.mu.Lock()
				r.all = append(r.all, s.Text())
				r.mu.Unlock()
				r.lines <- s.Text()
			}
		})
	}
	go func() {
		readers.Wait()
		_ = r.cmd.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		<-r.ended
	})
	return r
}

// await waits for a line that has the text, and returns it.
func (r *running) await(t *testing.T, text string) string {
	t.Helper()
	late := time.After(hangGuard)
	for {
		select {
		case line := <-r.lines:
			if strings.Contains(line, text) {
				return line
			}
		case <-late:
			require.Fail(t, "it did not come", "%q in\n%s", text, r.text())
		}
	}
}

func (r *running) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.all, "\n")
}

func (r *running) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	require.NoError(t, r.cmd.Process.Signal(sig))
}

// end waits for the end, and returns the status.
func (r *running) end(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
		return r.cmd.ProcessState.ExitCode()
	case <-time.After(hangGuard):
		require.Fail(t, "it does not end", "%s", r.text())
		return -1
	}
}

// ps returns the tree, by paths.
func (p place) ps(t *testing.T) map[string]control.Node {
	t.Helper()
	var root control.Node
	require.NoError(t, json.Unmarshal([]byte(p.good(t, "ps", "--json")), &root))
	all := map[string]control.Node{}
	var walk func(control.Node)
	walk = func(n control.Node) {
		all[n.Path] = n
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(root)
	return all
}

// eventually waits until the tree is as wanted.
func (p place) eventually(t *testing.T, is func(map[string]control.Node) bool) {
	t.Helper()
	untilTrue(t, func() bool { return is(p.ps(t)) })
}

// eventuallyAnswers waits until the tree can be asked.
func (p place) eventuallyAnswers(t *testing.T) {
	t.Helper()
	untilTrue(t, func() bool { return p.do(t, "ps").code == 0 })
}

// untilTrue asks again and again, on the goroutine of the test, so that what is
// asked may end it.
func untilTrue(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(hangGuard); !is(); {
		select {
		case <-tick.C:
		case <-late:
			require.FailNow(t, "it has not become so")
		}
	}
}

// isGone reports whether no process has the number any more, or only a zombie.
func isGone(pid int) bool { return syscall.Kill(pid, 0) != nil }

func requireGone(t *testing.T, pid int) {
	t.Helper()
	require.NotZero(t, pid)
	require.Eventually(t, func() bool { return isGone(pid) }, hangGuard, 5*time.Millisecond, "process %d is left", pid)
}

// pair is a tree of two programs that say what happens to them.
const pair = `
supervisor:
  intensity: 5
  children:
    - id: first
      command: [sh, -c, 'trap "echo first ends; exit 0" TERM; trap "echo first has usr1" USR1; echo up $$; while :; do sleep 0.01; done']
      ready: {stdout: ^up}
    - id: back
      supervisor:
        children:
          - id: second
            command: [sh, -c, 'trap "echo second ends; exit 0" TERM; trap "echo second has usr1" USR1; echo up $$; while :; do sleep 0.01; done']
            ready: {stdout: ^up}
`

func TestCheck(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write(t, "good.yaml", pair)
	p.write(t, "bad.yaml", "supervisor:\n  stratgy: one_for_all\n  period: 0s\n  children: []\n")
	p.write(t, "bad.json", `{"supervisor": {"children": [{"id": "a/b"}]}}`)
	r := p.do(t, "check", "good.yaml")
	assert.Equal(t, result{}, r)
	p.write(t, "odd.yaml", `supervisor: {children: [{id: a, command: ["redis-server --port 6380"]}]}`)
	r = p.do(t, "check", "odd.yaml")
	assert.Equal(t, 0, r.code, "it may be meant")
	assert.Contains(t, r.stderr, "proctor: warning: odd.yaml:1:42: command begins with one text that has blanks")
	r = p.do(t, "check", "bad.yaml", "good.yaml", "bad.json")
	assert.Equal(t, 1, r.code)
	assert.Empty(t, r.stderr)
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	require.Len(t, lines, 3)
	assert.Regexp(t, `^bad\.yaml:2:3: .*stratgy.*strategy`, lines[0])
	assert.Regexp(t, `^bad\.yaml:3:11: `, lines[1])
	assert.Regexp(t, `^bad\.json:1:\d+: `, lines[2])
	r = p.do(t, "check", "--json", "bad.yaml")
	assert.Equal(t, 1, r.code)
	var first struct {
		Line, Column  int
		Problem, Hint string
	}
	line, _, _ := strings.Cut(r.stdout, "\n")
	require.NoError(t, json.Unmarshal([]byte(line), &first))
	assert.Equal(t, 2, first.Line)
	assert.NotEmpty(t, first.Hint)
	assert.Equal(t, 1, p.do(t, "check", "nothing.yaml").code)
	assert.Equal(t, 2, p.do(t, "check").code)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	assert.Equal(t, 2, p.do(t, "explode").code)
	assert.Equal(t, 2, p.do(t, "ps", "--no-such-flag").code)
	assert.Equal(t, 2, p.do(t, "run").code)
	assert.Equal(t, 2, p.do(t, "run", "nothing.yaml").code)
	assert.Equal(t, 2, p.do(t, "stop").code, "not everything by accident")
	assert.Equal(t, 2, p.do(t, "stop", "").code, "nor by an empty variable")
	assert.Equal(t, 4, p.do(t, "ps").code)
	assert.Contains(t, p.good(t, "help", "exit-codes"), "3  run: the tree could not be started")
	assert.Contains(t, p.good(t, "--version"), "proctor ")
	assert.Contains(t, p.good(t, "completion", "bash"), "__start_proctor")
	assert.Contains(t, p.good(t, "__complete", "graph", "--format", ""), "svg\ndot")
}

func TestGraph(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write(t, "pair.yaml", pair)
	assert.Contains(t, p.good(t, "graph", "pair.yaml"), "<svg")
	assert.Contains(t, p.good(t, "graph", "--format", "dot", "pair.yaml"), "digraph")
	var root struct{ Children []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(p.good(t, "graph", "--json", "pair.yaml")), &root))
	require.Len(t, root.Children, 2)
	assert.Equal(t, 2, p.do(t, "graph", "--format", "png", "pair.yaml").code)
	assert.Equal(t, 2, p.do(t, "graph", "nothing.yaml").code)
	// What a variable holds is not drawn.
	p.write(t, "secret.yaml", "supervisor: {children: [{id: a, command: [prog, '--key=${PROCTOR_TEST_PROGRAM_KEY:-verysecret}']}]}")
	assert.NotContains(t, p.good(t, "graph", "secret.yaml"), "verysecret")
}
