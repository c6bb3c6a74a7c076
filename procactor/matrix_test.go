//go:build linux

package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var updateEndings = flag.Bool("update", false, "write docs/endings.md anew; commit only the changes that you understand")

const endingsFile = "../docs/endings.md"

// ending is one way for a worker to end: a row of the matrix.
type ending struct {
	way    string
	worker func(t *testing.T) procactor.Worker
	call   func(t *testing.T, e *scene) error // what brings it about, and its caller's error; nil: it does not start
}

// scene is a worker under a supervisor, while it lives.
type scene struct {
	sys    *actor.System
	host   procactor.Host
	halves [2]io.Closer // of its wire: from it, to it
	caller error
	down   error
	logged string
	giveUp func() // of the call
}

// told is what one way to end had everybody say.
type told struct {
	way  string
	seen scene
}

// Every cell of docs/endings.md is printed by this test, of real processes.
func TestEndingsAreAsDocumented(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has exit codes and a memory of its own")
	}
	t.Parallel()
	var page strings.Builder
	page.WriteString(endingsHead)
	page.WriteString("\n## In service\n\nEach worker is running a call when it ends. Its supervisor's child is transient.\nA task that heeds its context ends by itself when the link to the worker is cut: its error is then the answer.\n\n")
	writeTable(&page, true, collect(t, endingsInService()))
	page.WriteString("\n## Before it is in service\n\nThe caller is that of procactor.Start; a supervisor that starts it as its only child does not start either.\n\n")
	writeTable(&page, false, collect(t, endingsOfStarts()))
	if *updateEndings {
		require.NoError(t, os.WriteFile(endingsFile, []byte(page.String()), 0o644))
	}
	want, err := os.ReadFile(endingsFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), page.String(), "If the change is meant: go test ./procactor -run TestEndingsAreAsDocumented -update")
}

const endingsHead = `# How a worker can end, and what is said of it

Printed by ` + "`go test ./procactor -run TestEndingsAreAsDocumented -update`" + ` on Linux, from real
processes; the test fails when a cell changes. PID stands for a process, DIR for a directory, NUMBER for a
large number, ADDRESS for one in memory, and … for what follows of a dump. The text of an error is no part of the
API; what ` + "`errors.Is` and `errors.As`" + ` find is, and so are Delivery and the fields of ` + "`ExitError`" + `.

On other systems texts and signals differ. Windows has no signals: what is killed has a status.
`

// collect plays the endings, several at a time.
func collect(t *testing.T, endings []ending) []told {
	t.Helper()
	all := make([]told, len(endings))
	indices := make([]int, len(endings))
	for i := range indices {
		indices[i] = i
	}
	workers := make([]procactor.Worker, len(endings))
	for i, e := range endings {
		workers[i] = e.worker(t)
	}
	atOnce(indices, func(i int) { all[i] = told{endings[i].way, playEnding(t, endings[i], workers[i])} })
	return all
}

// playEnding has a worker under a supervisor end.
func playEnding(t *testing.T, e ending, w procactor.Worker) scene {
	var log lockedBuffer
	s := scene{sys: actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime})))))}
	ctx, cancel := context.WithTimeout(context.Background(), 2*hangGuardOfEndings)
	defer cancel()
	alone := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer alone.Close(ctx) //nolint:errcheck // nothing runs there
	first := true
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		if first { // and not the one that comes after it
			replies, requests := procactor.Halves(rw)
			s.halves, first = [2]io.Closer{replies, requests}, false
		}
		return rw
	}
	child := procactor.ProcessChild("w", w)
	child.Restart = supervise.Transient
	_, err := supervise.Start(ctx, s.sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{child}})
	switch {
	case e.call == nil:
		s.down = err
		_, s.caller = procactor.Start(ctx, alone, "w", w)
	case err != nil:
		t.Errorf("%s: %v", e.way, err)
	default:
		s.host = procactor.HostAt(s.sys, "top/w")
		down := square.On(s.host).Watch(ctx)
		s.caller = e.call(t, &s)
		s.down = (<-down).Reason
		if !actor.IsNormal(s.down) { // it is restarted, which the end of all would disturb
			assert.Eventually(t, func() bool { return procactor.ProcessID(s.host) != 0 }, hangGuardOfEndings, time.Millisecond, e.way)
		}
	}
	if err := s.sys.Close(ctx); err != nil {
		t.Errorf("%s: %v", e.way, err)
	}
	s.logged = log.String()
	return s
}

const hangGuardOfEndings = time.Minute

// withoutTime leaves out when it was.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func plainWorker(t *testing.T) procactor.Worker {
	t.Helper()
	return role(t, "plain")
}

// misbehaves has the task of that name do it.
func misbehaves(how string) func(*testing.T, *scene) error {
	return func(t *testing.T, s *scene) error {
		_, err := misbehave.On(s.host).Call(t.Context(), how)
		return err
	}
}

// running has the call of a task that goes on, and what is done meanwhile.
func running(do func(s *scene, pid int) error) func(*testing.T, *scene) error {
	return func(t *testing.T, s *scene) error {
		stage := newStage(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.giveUp = cancel
		got := call(ctx, puppet.On(s.host), stage.stubborn("x"))
		select {
		case player := <-stage.entered:
			if err := do(s, player.Process); err != nil {
				return err
			}
			return (<-got).err
		case a := <-got:
			return fmt.Errorf("it ended too soon: %w", a.err)
		}
	}
}

func signaled(sig syscall.Signal) func(*testing.T, *scene) error {
	return running(func(_ *scene, pid int) error { return syscall.Kill(pid, sig) })
}

func endingsInService() []ending {
	impatient := func(t *testing.T) procactor.Worker {
		w := plainWorker(t)
		w.Grace = 50 * time.Millisecond
		return w
	}
	anxious := func(t *testing.T) procactor.Worker {
		w := plainWorker(t)
		w.Silence = 3 * time.Second
		return w
	}
	deaf := func(t *testing.T) procactor.Worker {
		w := role(t, "deaf")
		w.Grace = 50 * time.Millisecond
		return w
	}
	stopIt := func(s *scene, _ int) error {
		pid, _ := s.sys.PIDAt("top/w")
		return s.sys.Exit(pid, actor.ErrShutdown)
	}
	giveUp := func(s *scene, _ int) error {
		s.giveUp()
		return nil
	}
	return []ending{
		{"asked to end, idle", plainWorker, func(t *testing.T, s *scene) error {
			_, err := square.On(s.host).Call(t.Context(), 2)
			return errors.Join(err, stopIt(s, 0))
		}},
		{"exit 0", plainWorker, misbehaves("exit0")},
		{"exit 3", plainWorker, misbehaves("exit")},
		{"last words, exit 4", plainWorker, misbehaves("words")},
		{"panic", plainWorker, misbehaves("panic")},
		{"SEGV: a nil pointer", plainWorker, misbehaves("nil")},
		{"SEGV: the signal", plainWorker, signaled(syscall.SIGSEGV)},
		{"ABRT", plainWorker, signaled(syscall.SIGABRT)},
		{"TERM", plainWorker, signaled(syscall.SIGTERM)},
		{"KILL", plainWorker, signaled(syscall.SIGKILL)},
		{"out of memory by limit", plainWorker, misbehaves("memory")},
		{"out of processor time by limit", plainWorker, misbehaves("time")},
		{"link cut, to the worker", plainWorker, running(func(s *scene, _ int) error { return s.halves[1].Close() })},
		{"link cut, from the worker", plainWorker, running(func(s *scene, _ int) error { return s.halves[0].Close() })},
		{"stopped by SIGSTOP, silent", anxious, running(func(_ *scene, pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) })},
		{"ignores the end of its call's context", impatient, running(giveUp)},
		{"asked to end, in a call that goes on", impatient, running(stopIt)},
		{"asked to end, deaf to signals", deaf, running(stopIt)},
	}
}

func endingsOfStarts() []ending {
	as := func(name string) func(*testing.T) procactor.Worker {
		return func(t *testing.T) procactor.Worker { return role(t, name) }
	}
	file := func(text string, mode fs.FileMode) func(t *testing.T) procactor.Worker {
		return func(t *testing.T) procactor.Worker {
			path := filepath.Join(t.TempDir(), "program")
			require.NoError(t, os.WriteFile(path, []byte(text), mode))
			return procactor.Program(path)
		}
	}
	return []ending{
		{way: "not there, by its path", worker: func(t *testing.T) procactor.Worker { return procactor.Program(filepath.Join(t.TempDir(), "program")) }},
		{way: "not there, by its name", worker: func(*testing.T) procactor.Worker { return procactor.Program("no-such-program") }},
		{way: "not executable", worker: file("text", 0o600)},
		{way: "no program", worker: file("\x00\x01\x02", 0o700)},
		{way: "no Proctor program, exit 0", worker: as("exit 0")},
		{way: "no Proctor program, exit 7", worker: as("exit 7")},
		{way: "no Proctor program, writes into the channel", worker: as("garbage")},
		{way: "no Proctor program, goes on", worker: func(t *testing.T) procactor.Worker {
			w := role(t, "silent")
			w.StartTimeout = 100 * time.Millisecond
			return w
		}},
		{way: "other version", worker: as("newer")},
		{way: "a task twice", worker: as("twice")},
		{way: "Setup's error", worker: as("set-up-fails")},
		{way: "Setup panics", worker: as("set-up-panics")},
		{way: "Setup takes too long", worker: func(t *testing.T) procactor.Worker {
			w := role(t, "set-up-hangs")
			w.StartTimeout = 5 * time.Second
			return w
		}},
	}
}

// writeTable prints the endings as a table in Markdown.
func writeTable(w io.Writer, calls bool, all []told) {
	row := func(way, caller, is, delivery, reason, log, exit string) {
		cells := []string{way, caller, is, delivery, reason, log, exit}
		if !calls {
			cells = slices.Delete(cells, 3, 4)
		}
		_, _ = fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
	row("how it ends", "the caller's error", "is", "Delivery", "reason for the supervisor", "log", "ExitError")
	row("---", "---", "---", "---", "---", "---", "---")
	for _, e := range all {
		row("**"+e.way+"**", code(errorText(e.seen.caller)), strings.Join(isOf(e.seen.caller), " "), deliveryOf(e.seen.caller),
			code(errorText(e.seen.down)), lines(e.seen.logged), exitFields(e.seen.caller, e.seen.down))
	}
}

func errorText(err error) string {
	if err == nil {
		return "nil"
	}
	return err.Error()
}

// code shows text as it is, but for what differs from run to run.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("|", "\\|", "\n", "↵ ", "`", "'").Replace(normal(text)) + "`"
}

// normal replaces what differs from run to run.
func normal(text string) string {
	for _, r := range [][2]string{
		{`process \d+`, "process PID"},
		{`process=\d+`, "process=PID"},
		{`stack="(?:[^"\\]|\\.)*"`, `stack="…"`},
		{regexp.QuoteMeta(os.TempDir()) + `/[^ "]*/program`, "DIR/program"},
		{`0x[0-9a-f]{5,}`, "ADDRESS"},
		{`\b\d{6,}\b`, "NUMBER"},
		{`m=\d+`, "m=N"},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	return text
}

// lines are the records of a log.
func lines(log string) string {
	var shown []string
	for line := range strings.Lines(log) {
		shown = append(shown, code(strings.TrimSpace(line)))
	}
	return strings.Join(shown, "<br>")
}

func deliveryOf(err error) string {
	if call, ok := errors.AsType[*actor.CallError](err); ok {
		return call.Delivery.String()
	}
	return ""
}

// isOf names what errors.Is and errors.As find.
func isOf(err error) []string {
	var found []string
	as := func(name string, ok bool) {
		if ok {
			found = append(found, "`"+name+"`")
		}
	}
	as("*CallError", is[*actor.CallError](err))
	as("*StartError", is[*actor.StartError](err))
	as("*HandshakeError", is[*procactor.HandshakeError](err))
	as("*SetupError", is[*procactor.SetupError](err))
	as("*TaskError", is[*procactor.TaskError](err))
	as("*ExitError", is[*procactor.ExitError](err))
	as("*PanicError", is[*actor.PanicError](err))
	as("*ProtocolError", is[*actor.ProtocolError](err))
	for _, s := range []struct {
		name string
		err  error
	}{
		{"ErrNoConnection", actor.ErrNoConnection},
		{"ErrSilent", procactor.ErrSilent},
		{"ErrOverdue", procactor.ErrOverdue},
		{"ErrStartTimeout", procactor.ErrStartTimeout},
		{"ErrKilled", actor.ErrKilled},
		{"ErrShutdown", actor.ErrShutdown},
		{"ErrNoActor", actor.ErrNoActor},
		{"context.Canceled", context.Canceled},
		{"exec.ErrNotFound", exec.ErrNotFound},
		{"fs.ErrNotExist", fs.ErrNotExist},
		{"fs.ErrPermission", fs.ErrPermission},
		{"syscall.ENOEXEC", syscall.ENOEXEC},
	} {
		as(s.name, errors.Is(err, s.err))
	}
	return found
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// exitFields prints the fields of the death that the caller learns of, or else
// the supervisor.
func exitFields(caller, down error) string {
	e, ok := errors.AsType[*procactor.ExitError](caller)
	if !ok {
		if e, ok = errors.AsType[*procactor.ExitError](down); !ok {
			return ""
		}
	}
	fields := []string{fmt.Sprintf("Code %d", e.Code)}
	if e.Signal != nil {
		fields = append(fields, fmt.Sprintf("Signal %v", e.Signal))
	}
	if e.Killed {
		fields = append(fields, "Killed")
	}
	if e.OOM {
		fields = append(fields, "OOM")
	}
	if e.Why != nil {
		fields = append(fields, "Why "+code(e.Why.Error()))
	}
	if first, more, _ := bytes.Cut(e.Stderr, []byte("\n")); len(first) > 0 {
		text := string(first)
		if len(more) > 0 {
			text += " …"
		}
		fields = append(fields, "Stderr "+code(text))
	}
	if e.Panic != nil {
		value, _ := e.Panic.Value.(string)
		fields = append(fields, "Panic "+code(value))
	}
	return strings.Join(append(fields, "CallState "+e.CallState.String()), ", ")
}
