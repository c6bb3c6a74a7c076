package commands_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

var where = procactor.NewTask("where", func(context.Context, string) (string, error) {
	dir, err := os.Getwd()
	return os.Getenv("GREETING") + " in " + filepath.Base(dir), err
})

// TestMain makes the test binary the program of all commands: a worker when it
// is started as one, and what its first argument says else.
func TestMain(m *testing.M) {
	procactor.Main(where, die)
	if len(os.Args) > 2 && os.Args[1] == "play" {
		play(os.Args[2], os.Args[3:])
	}
	goleak.VerifyTestMain(m)
}

// play is a plain program.
func play(part string, args []string) {
	switch part {
	case "say":
		dir, _ := os.Getwd()
		fmt.Println(os.Getenv("GREETING"), "in", filepath.Base(dir), args[0])
		select {}
	case "tcp":
		_, err := net.Listen("tcp", args[0])
		fmt.Println(err)
		select {}
	case "fail":
		os.Exit(3)
	case "give-up":
		os.Exit(supervise.PermanentFailure)
	case "panic":
		panic("no such luck")
	case "starve":
		fmt.Println(len(make([]byte, 4<<30)))
	case "complain":
		fmt.Fprint(os.Stderr, "up")
		os.Exit(3)
	case "once":
		fmt.Println("ran")
	}
	os.Exit(0)
}

// lines is a writer that hands each line on, until it is stopped. Instances
// share it.
type lines struct {
	mu   sync.Mutex
	all  chan string
	stop <-chan struct{}
	rest string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest += string(p)
	for {
		line, rest, ok := strings.Cut(l.rest, "\n")
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		select {
		case l.all <- strings.TrimSpace(line):
		case <-l.stop:
		}
	}
}

// tree is a running file.
type tree struct {
	sys *actor.System
	top *supervise.Supervisor
}

// start runs a file in which EXE is this program. out, unless nil, gets the
// lines that the programs write.
func start(t *testing.T, text string, env map[string]string, out chan string) (*tree, error) {
	t.Helper()
	stop := make(chan struct{})
	tr := &tree{sys: actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))}
	t.Cleanup(func() {
		close(stop)
		assert.NoError(t, tr.sys.Close(context.Background()))
	})
	spec := specOf(t, text, env, func(policy.Command) (io.Writer, io.Writer) {
		if out == nil {
			return io.Discard, io.Discard
		}
		return &lines{all: out, stop: stop}, io.Discard
	})
	var err error
	tr.top, err = supervise.Start(t.Context(), tr.sys, spec)
	return tr, err
}

// specOf is a file in which EXE is this program.
func specOf(t *testing.T, text string, env map[string]string, output func(policy.Command) (io.Writer, io.Writer)) supervise.Spec {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	file, err := policy.Parse("test.yaml", []byte(text), func(name string) (string, bool) {
		if name == "EXE" {
			return exe, true
		}
		v, ok := env[name]
		return v, ok
	})
	require.NoError(t, err)
	spec, err := file.Spec(policy.Fill{Command: commands.Maker(commands.Options{Output: output})})
	require.NoError(t, err)
	return spec
}

// address is one that nobody listens on.
func address(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestCommandsOfAFileRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	require.NoError(t, os.Mkdir(dir, 0o700))
	tr, err := start(t, `
supervisor:
  children:
    - {id: tcp, command: ["${EXE}", play, tcp, "${TCP}"], ready: {tcp: "${TCP}"}}
    - {id: command, command: ["${EXE}", play, tcp, "${TCP2}"], ready: {command: ["${EXE}", play, exit]}}
    - {id: worker, command: ["${EXE}"], env: {GREETING: one}, dir: "${DIR}", ready: {frame: true}, shutdown: 1m}
    - {id: pool, command: ["${EXE}"], env: {GREETING: many}, dir: "${DIR}", ready: {frame: true}, pool: {size: 3}}
`, map[string]string{"DIR": dir, "TCP": address(t), "TCP2": address(t)}, nil)
	require.NoError(t, err)
	for id, want := range map[string]string{"worker": "one in home", "pool": "many in home"} {
		got, err := where.On(procactor.HostAt(tr.sys, "top/"+id)).Call(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, third := tr.sys.PIDAt("top/pool#3")
	_, fourth := tr.sys.PIDAt("top/pool#4")
	assert.True(t, third && !fourth, "the pool has three")
	children, err := tr.top.WhichChildren(t.Context())
	require.NoError(t, err)
	types := map[string]supervise.ChildType{}
	for _, c := range children {
		assert.Equal(t, supervise.Running, c.State, c.ID)
		types[c.ID] = c.Type
	}
	assert.Equal(t, supervise.SupervisorChild, types["pool"])
	assert.Equal(t, supervise.WorkerChild, types["worker"])
}

func TestEnvironmentDirectoryAndFirstLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	require.NoError(t, os.Mkdir(dir, 0o700))
	t.Setenv("GREETING", "from the parent")
	out := make(chan string)
	_, err := start(t, `
supervisor:
  children:
    - {id: say, command: ["${EXE}", play, say, "${ARG}"], env: {GREETING: hello}, dir: "${DIR}"}
`, map[string]string{"DIR": dir, "ARG": "two words"}, out)
	require.NoError(t, err)
	assert.Equal(t, "hello in home two words", <-out)
}

func TestEvery(t *testing.T) {
	out := make(chan string)
	tr, err := start(t, `
supervisor:
  children:
    - {id: job, command: ["${EXE}", play, once], every: 10ms}
`, nil, out)
	require.NoError(t, err)
	for range 3 {
		assert.Equal(t, "ran", <-out)
	}
	require.NoError(t, tr.top.Stop(t.Context()))
}

func TestARunThatFailsIsACrash(t *testing.T) {
	tr, err := start(t, `
supervisor:
  intensity: 0
  children:
    - {id: job, command: ["${EXE}", play, fail], every: 10ms}
`, nil, nil)
	require.NoError(t, err)
	<-tr.top.Done()
	var gaveUp *supervise.IntensityError
	require.ErrorAs(t, tr.top.Err(), &gaveUp)
	assert.Equal(t, 3, supervise.CauseOf(gaveUp.Deaths[0].Reason).Code)
}

func TestWhatIsNotReadyInTimeIsNoStart(t *testing.T) {
	for name, ready := range map[string]string{
		"tcp":     `{tcp: "127.0.0.1:${PORT}", timeout: 300ms, interval: 1ms}`,
		"http":    `{http: "http://u:${SECRET}@127.0.0.1:${PORT}/?t=${SECRET}", timeout: 300ms, interval: 1ms}`,
		"command": `{command: ["${EXE}", play, fail], timeout: 300ms}`,
		"stdout":  `{stdout: "^never$", timeout: 300ms}`,
		"stderr":  `{stderr: "^never$", timeout: 300ms}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, port, err := net.SplitHostPort(address(t))
			require.NoError(t, err)
			_, err = start(t, `
supervisor:
  children:
    - {id: a, command: ["${EXE}", play, tcp, "127.0.0.1:0"], shutdown: brutal_kill, ready: `+ready+`}
`, map[string]string{"PORT": port, "SECRET": "hunter2"}, nil)
			require.ErrorIs(t, err, procactor.ErrStartTimeout)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// TestLineOfAStream: each key is of its own stream, and what a program says
// before it ends comes first.
func TestLineOfAStream(t *testing.T) {
	for ready, starts := range map[string]bool{`{stderr: "^up$"}`: true, `{stdout: "^up$"}`: false} {
		t.Run(ready, func(t *testing.T) {
			_, err := start(t, `
supervisor:
  children:
    - {id: a, restart: temporary, command: ["${EXE}", play, complain], ready: `+ready+`}
`, nil, nil)
			if starts {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "ended before it was ready")
		})
	}
}

// Guarantee(secrets): When a probe fails, the error shows it as the policy file has it, without the values of variables.
func TestHTTPProbeTellsNoSecret(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := start(t, `
supervisor:
  children:
    - id: a
      command: ["${EXE}", play, tcp, "127.0.0.1:0"]
      shutdown: brutal_kill
      ready: {http: "http://u:${SECRET}@${ADDR}/?t=${SECRET}", timeout: 1s, interval: 1ms}
`, map[string]string{"ADDR": server.Listener.Addr().String(), "SECRET": "hunter2"}, nil)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
	assert.Contains(t, err.Error(), "http http://u:${SECRET}@${ADDR}/?t=${SECRET}: 404 Not Found")
	assert.NotContains(t, err.Error(), "hunter2")
}

// Guarantee(secrets): When something cannot be started, the error names it as the policy file does, even if the name came from a variable.
func TestFailedStartsTellNoSecret(t *testing.T) {
	for name, child := range map[string]string{
		"program":       `command: ["/gone/${SECRET}"]`,
		"unclean":       `command: ["/gone/./${SECRET}"], ready: {frame: true}`,
		"quoted":        `command: ["/gone/\"${SECRET}"]`,
		"directory":     `command: ["${EXE}", play, fail], dir: "/gone/${SECRET}"`,
		"host":          `command: ["${EXE}", play, tcp, "127.0.0.1:0"], shutdown: brutal_kill, ready: {tcp: "${SECRET}..invalid:1", timeout: 1s}`,
		"probe":         `command: ["${EXE}", play, tcp, "127.0.0.1:0"], shutdown: brutal_kill, ready: {command: ["/gone/${SECRET}"], timeout: 300ms}`,
		"worker":        `command: ["/gone/${SECRET}"], ready: {frame: true}`,
		"its directory": `command: ["${EXE}"], dir: "/gone/${SECRET}", ready: {frame: true}`,
		"pool":          `command: ["/gone/${SECRET}"], ready: {frame: true}, pool: {size: 1}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := start(t, "supervisor: {children: [{id: a, "+child+"}]}", map[string]string{"SECRET": "hunter2"}, nil)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hunter2")
			assert.Contains(t, err.Error(), "${SECRET}")
		})
	}
	t.Run("every", func(t *testing.T) {
		tr, err := start(t, `supervisor: {intensity: 0, children: [{id: a, command: ["/gone/${SECRET}"], every: 10ms}]}`, map[string]string{"SECRET": "hunter2"}, nil)
		require.NoError(t, err)
		<-tr.top.Done()
		assert.NotContains(t, tr.top.Err().Error(), "hunter2")
		assert.Contains(t, tr.top.Err().Error(), "${SECRET}")
		var gaveUp *supervise.IntensityError
		var gone *procactor.CommandError
		require.ErrorAs(t, tr.top.Err(), &gaveUp)
		assert.ErrorAs(t, gaveUp.Deaths[0].Reason, &gone, "programs see what it was")
	})
}

func TestInstancesOfATemplate(t *testing.T) {
	out := make(chan string)
	tr, err := start(t, `
supervisor:
  strategy: simple_one_for_one
  children:
    - {id: job, restart: temporary, command: ["${EXE}", play, say, "${PART:-it}"], env: {GREETING: hello}, dir: /}
`, nil, out)
	require.NoError(t, err)
	for _, want := range []string{"top/job#1", "top/job#2"} {
		pid, err := tr.top.StartInstance(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, want, pid.Name)
		assert.Contains(t, <-out, "hello in")
	}
}

// TestWorkersHaveTimeToFinish: of the time that the file gives, half is for
// what runs, and the rest for the end of the process.
func TestWorkersHaveTimeToFinish(t *testing.T) {
	frame := &policy.Ready{Frame: true}
	for name, c := range map[string]policy.Command{"worker": {Ready: frame}, "pool": {Ready: frame, Pool: &policy.Pool{Size: 1}}} {
		c.ID, c.Args = "a", []string{"x"}
		byDefault := commands.Child(c, commands.Options{}).Shutdown
		c.Shutdown = time.Hour
		child := commands.Child(c, commands.Options{})
		assert.Greater(t, byDefault, supervise.DefaultShutdown, name)
		assert.Greater(t, child.Shutdown, 30*time.Minute, name)
		assert.Less(t, child.Shutdown, time.Hour, name)
	}
}
