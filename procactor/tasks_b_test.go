package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// deed is what a worker is asked to do by the tests that look at processes.
type deed struct {
	Do   string
	N    int
	Text string
}

// act does one deed. It is one task, so that a recorded session is short.
var act = procactor.NewTask("act", func(ctx context.Context, d deed) (string, error) {
	switch d.Do {
	case "pid":
		return strconv.Itoa(os.Getpid()), nil
	case "group":
		return strconv.Itoa(ownGroup()), nil
	case "env":
		return strings.Join(os.Environ(), "\n"), nil
	case "mark": // leaves a trace of having run
		f, err := os.OpenFile(d.Text, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return "", err
		}
		_, err = f.WriteString("x")
		return "marked", errors.Join(err, f.Close())
	case "print":
		fmt.Print(d.Text)
		fmt.Fprint(os.Stderr, strings.ToUpper(d.Text))
	case "raw": // as C code does: no buffer, no runtime
		for i := range len(d.Text) {
			if err := rawWrite([]byte(d.Text[i : i+1])); err != nil {
				return "", err
			}
		}
	case "sh":
		cmd := exec.CommandContext(ctx, "sh", "-c", d.Text)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		return "", cmd.Run()
	case "say": // what a child of the worker says, see playSpeaker
		if d.N > 0 { // it goes on after the call
			ctx = context.WithoutCancel(ctx)
		}
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), partVariable+"=speaker:"+d.Text)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if d.N > 0 {
			return "", cmd.Start()
		}
		return "", cmd.Run()
	case "gush": // N bytes that are all told apart by their place
		_, err := os.Stdout.Write(pattern(d.N))
		return "", err
	case "child": // one that outlives the call; in the worker's group unless it is to escape
		cmd := sleeper(d.Text == "escape")
		cmd.Stdout = os.Stdout
		if err := cmd.Start(); err != nil {
			return "", err
		}
		return strconv.Itoa(cmd.Process.Pid), nil
	case "stubborn child": // one that no signal but KILL ends
		cmd := exec.Command("sh", "-c", `trap "" HUP TERM; echo; exec sleep 1000`)
		out, err := cmd.StdoutPipe()
		if err != nil {
			return "", err
		}
		if err := cmd.Start(); err != nil {
			return "", err
		}
		_, err = out.Read(make([]byte, 1))
		return strconv.Itoa(cmd.Process.Pid), err
	case "spin":
		fmt.Println("spinning")
		for { //nolint:revive,staticcheck // that is the trick: a loop that never yields
		}
	case "wait":
		<-ctx.Done()
		return "", ctx.Err()
	case "deaf": // neither STOP, nor the end of its context, nor a signal that asks
		signal.Ignore(syscall.SIGTERM, syscall.SIGQUIT)
		fmt.Println("deaf")
		select {}
	case "ignores TERM":
		ignoreTerm()
	case "last words":
		fmt.Print("out: " + d.Text)
		fmt.Fprint(os.Stderr, "err: "+d.Text)
		if err := dieBy(d.N); err != nil {
			return "", err
		}
		select {} // it may take a moment to arrive
	case "nil":
		var p *int
		return strconv.Itoa(*p), nil
	case "nest": // a worker of this worker, and so on
		return nest(ctx, d.N)
	case "args":
		return strings.Join(os.Args, "\x00"), nil
	case "dir":
		return os.Getwd()
	case "nested env":
		return nestedEnv(ctx)
	case "nested child": // of a worker of this worker, both of which go on after the call
		return nestedChild(ctx)
	case "employ": // a worker of this worker, that stays
		p, err := procactor.Start(ctx, actor.NewSystem(), "inner", procactor.Self())
		if err != nil {
			return "", err
		}
		return strconv.Itoa(procactor.ProcessID(p)), nil
	case "nap":
		time.Sleep(time.Duration(d.N) * time.Microsecond)
	default:
		return systemDeed(d)
	}
	return "", nil
})

// ignoreTerm hangs; its name is looked for in a dump.
func ignoreTerm() {
	signal.Ignore(syscall.SIGTERM)
	fmt.Println("ignoring")
	select {}
}

// tasksB are those of this file.
func tasksB() []procactor.MainOption { return []procactor.MainOption{act, steps} }

// steps is a stream of N items of len(Text) bytes.
var steps = procactor.NewStreamTask("steps", func(_ context.Context, d deed, emit func(string) error) error {
	for range d.N {
		if err := emit(d.Text); err != nil {
			return err
		}
	}
	return nil
})

func nest(ctx context.Context, n int) (string, error) {
	if n == 0 {
		return strconv.Itoa(os.Getpid()), nil
	}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer sys.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the result is what counts
	p, err := procactor.Start(ctx, sys, "inner", procactor.Self())
	if errors.Is(err, procactor.ErrTooDeep) {
		return "", fmt.Errorf("at %d: %w", n, err)
	}
	if err != nil {
		return "", err
	}
	act := procactor.NewTask[deed, string]("act", nil) // the same, for whoever only calls it
	return act.On(p).Call(ctx, deed{Do: "nest", N: n - 1})
}

// nestedEnv is the environment of a worker of this worker.
func nestedEnv(ctx context.Context) (string, error) {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer sys.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the result is what counts
	p, err := procactor.Start(ctx, sys, "inner", procactor.Self())
	if err != nil {
		return "", err
	}
	act := procactor.NewTask[deed, string]("act", nil) // the same, for whoever only calls it
	return act.On(p).Call(ctx, deed{Do: "env"})
}

func nestedChild(ctx context.Context) (string, error) {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	p, err := procactor.Start(context.WithoutCancel(ctx), sys, "inner", procactor.Self())
	if err != nil {
		return "", err
	}
	act := procactor.NewTask[deed, string]("act", nil) // the same, for whoever only calls it
	return act.On(p).Call(ctx, deed{Do: "child"})
}

// pattern is n bytes in which no piece can be lost or moved unseen.
func pattern(n int) []byte {
	b := make([]byte, 0, n+16)
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "%08d\n", i)
	}
	return b[:n]
}

// partVariable has the test binary play another program than a test or a
// worker.
const partVariable = "PROCTOR_TEST_PART"

// playPart returns if this is no such program.
func playPart() {
	role, arg, _ := strings.Cut(os.Getenv(partVariable), ":")
	_ = os.Unsetenv(partVariable) // not for what it starts
	switch role {
	case "parent":
		playParent()
	case "linger":
		playLinger()
	case "replaced":
		playReplaced()
	case "counted":
		playCounted(arg)
	case "speaker":
		playSpeaker(arg)
	case "sleep":
		time.Sleep(1000 * time.Second)
	case "nomain":
		playNoMain()
	case "main then stop":
		playQuietMain()
	default:
		if !playSystem(role, arg) {
			return
		}
	}
	os.Exit(0)
}

// playSpeaker says the words of a script: "out WORD" and "err WORD", one a line
// each, "pause", and "for ever", which says the rest again and again.
func playSpeaker(script string) {
	lines := strings.Split(script, ";")
	for i := 0; i < len(lines); i++ {
		switch verb, word, _ := strings.Cut(lines[i], " "); verb {
		case "out":
			fmt.Println(word)
		case "err":
			fmt.Fprintln(os.Stderr, word)
		case "pause":
			time.Sleep(50 * time.Millisecond)
		case "for":
			lines, i = append(lines[i+1:len(lines):len(lines)], lines[i:]...), -1
		}
	}
}

// as is this test binary in a role.
func as(role string) procactor.Worker {
	w := procactor.Program(os.Args[0])
	w.Env = append(os.Environ(), partVariable+"="+role)
	return w
}

// quietSystem is a system that a test closes, with a log that nobody reads.
func quietSystem(t *testing.T, opts ...actor.Option) *actor.System {
	t.Helper()
	sys := actor.NewSystem(append([]actor.Option{actor.WithLogger(slog.New(recordtest.Checked(t, recordtest.Nowhere())))}, opts...)...)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), hangGuard)
		defer cancel()
		require.NoError(t, sys.Close(ctx))
	})
	return sys
}

// hangGuard is how long a test waits for what must come: it is never measured.
const hangGuard = time.Minute

func begin(t *testing.T, sys *actor.System, name string, w procactor.Worker) *procactor.Process {
	t.Helper()
	p, err := procactor.Start(t.Context(), sys, name, w)
	require.NoError(t, err)
	return p
}

// quick is a Self worker that is not waited for long.
func quick() procactor.Worker {
	w := procactor.Self()
	w.Grace = 200 * time.Millisecond
	return w
}

// pidOf parses a pid that a task returned.
func pidOf(t *testing.T, s string, err error) int {
	t.Helper()
	require.NoError(t, err)
	pid, err := strconv.Atoi(s)
	require.NoError(t, err)
	return pid
}

func requireGone(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		require.Eventually(t, func() bool { return isGone(pid) }, hangGuard, 5*time.Millisecond, "process %d is left", pid)
	}
}

// lockstep is a pipe without a buffer, to wait for what a worker prints.
func lockstep(t *testing.T) (io.Writer, func() string) {
	t.Helper()
	r, w := io.Pipe()
	t.Cleanup(func() { _ = r.Close() })
	return w, func() string {
		b := make([]byte, 4096)
		n, err := r.Read(b)
		require.NoError(t, err)
		return string(b[:n])
	}
}
