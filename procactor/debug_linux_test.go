package procactor_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// tracer does what a debugger does, on the one thread that ptrace(2) wants. It
// lets go of everything at its end.
type tracer struct {
	do   chan func()
	held []int // the threads that it has stopped
}

func newTracer(t *testing.T) *tracer {
	t.Helper()
	tr := &tracer{do: make(chan func())}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		for f := range tr.do {
			f()
		}
	}()
	t.Cleanup(func() {
		close(tr.do)
		<-ended
	})
	return tr
}

// on has f run on the thread.
func (tr *tracer) on(f func() error) error {
	result := make(chan error)
	tr.do <- func() { result <- f() }
	return <-result
}

// hold stops all threads of the process.
func (tr *tracer) hold(t *testing.T, pid int) {
	t.Helper()
	require.NoError(t, tr.on(func() error {
		for found := true; found; {
			found = false
			threads, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
			if err != nil {
				return err
			}
			for _, e := range threads {
				tid, err := strconv.Atoi(e.Name())
				if err != nil || slices.Contains(tr.held, tid) {
					continue
				}
				if err := unix.PtraceSeize(tid); err != nil {
					return err
				}
				if err := unix.PtraceInterrupt(tid); err != nil {
					return err
				}
				if _, err := unix.Wait4(tid, nil, unix.WALL, nil); err != nil {
					return err
				}
				tr.held = append(tr.held, tid)
				found = true
			}
		}
		return nil
	}))
}

// free lets the process go; it fails for one that has died.
func (tr *tracer) free(t *testing.T) {
	t.Helper()
	require.NoError(t, tr.on(func() error {
		for _, tid := range tr.held {
			if err := unix.PtraceDetach(tid); err != nil {
				return err
			}
		}
		tr.held = nil
		return nil
	}))
}

// follow traces the process without stopping it for longer than its signals
// take, until it ends.
func (tr *tracer) follow(t *testing.T, pid int) {
	t.Helper()
	require.NoError(t, tr.on(func() error { return unix.PtraceSeize(pid) }))
	tr.do <- func() {
		for {
			var status unix.WaitStatus
			_, err := unix.Wait4(pid, &status, unix.WALL, nil)
			if err == unix.EINTR {
				continue
			}
			if err != nil || !status.Stopped() {
				return
			}
			_ = unix.PtraceCont(pid, int(status.StopSignal()))
		}
	}
}

// Guarantee(debug): On Linux, a worker stopped by a debugger is not taken for hung, however many pings it leaves unanswered.
func TestTracedWorkerIsNotHung(t *testing.T) {
	t.Parallel()
	w := procactor.Self()
	w.Silence = 1500 * time.Millisecond
	p := start(t, w)
	down := square.On(p).Watch(t.Context())
	tr := newTracer(t)
	tr.hold(t, procactor.ProcessID(p))
	require.Eventually(t, func() bool { return procactor.Unanswered(p) > 8 || len(down) > 0 }, patience, 10*time.Millisecond, "three are too many for others")
	require.Empty(t, down, "it was taken for hung")
	tr.free(t)
	works(t, p)

	// Stopped by others it is hung.
	require.NoError(t, syscall.Kill(procactor.ProcessID(p), syscall.SIGSTOP))
	assert.ErrorIs(t, wait(t, "the worker's end", down).Reason, procactor.ErrSilent)
}

func TestTracedWorkerIsNotLateToStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	w := role(t, "set-up-asks", fileVariable+"="+s.ln.Addr().String())
	w.StartTimeout = 6 * time.Second // time enough to take hold of it
	sys := newSystem(t)
	started := make(chan error, 1)
	go func() {
		_, err := procactor.Start(t.Context(), sys, "w", w)
		started <- err
	}()
	p := s.next(t)
	tr := newTracer(t)
	tr.hold(t, p.Process)
	select {
	case err := <-started:
		require.NoError(t, err, "it has a tracer")
	case <-time.After(w.StartTimeout * 3 / 2): // its time is over, and has begun anew
	}
	tr.free(t)
	p.do("return ready")
	assert.NoError(t, wait(t, "the start", started))
}

func TestTracedWorkerIsNotOverdue(t *testing.T) {
	t.Parallel()
	w := procactor.Self()
	w.Grace, w.Silence = time.Millisecond, 3*time.Second
	p := start(t, w)
	down := misbehave.On(p).Watch(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := newStage(t)
	hangs := call(ctx, puppet.On(p), told.stubborn("deaf"))
	told.next(t)
	tr := newTracer(t)
	tr.hold(t, procactor.ProcessID(p))
	cancel()
	assert.ErrorIs(t, wait(t, "the call's end", hangs).err, context.Canceled)
	require.Eventually(t, func() bool { return procactor.Postponed(p) }, patience, time.Millisecond)
	tr.free(t) // or it was killed
	assert.ErrorIs(t, wait(t, "the worker's end", down).Reason, procactor.ErrOverdue)
}

// debugParent is a parent in whose environment PROCTOR_DEBUG has a value.
type debugParent struct {
	*terminal
	in  io.Writer
	out *bufio.Scanner
}

func startDebugParent(t *testing.T, part, value string) debugParent {
	t.Helper()
	cmd := cliCommandLine(part)
	cmd.Env = append(cmd.Env, "PROCTOR_DEBUG="+value)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	return debugParent{terminal: atTerminal(t, cmd), in: in, out: bufio.NewScanner(out)}
}

// announced returns the process that waits for a debugger.
func (p debugParent) announced() int {
	p.t.Helper()
	line := regexp.MustCompile(`^ +dlv attach (\d+)$`)
	for {
		if m := line.FindStringSubmatch(p.see("dlv attach ")); m != nil {
			pid, err := strconv.Atoi(m[1])
			require.NoError(p.t, err)
			return pid
		}
	}
}

// says returns the parent's next line.
func (p debugParent) says() string {
	p.t.Helper()
	require.True(p.t, p.out.Scan(), "it has ended")
	return p.out.Text()
}

// ask has the parent call, and returns what it says of the outcome.
func (p debugParent) ask(what string) string {
	p.t.Helper()
	_, err := io.WriteString(p.in, what+"\n")
	require.NoError(p.t, err)
	return p.says()
}

// Guarantee(debug): With PROCTOR_DEBUG a worker waits for a debugger, its parent says what to type, and no limit of Proctor ends the worker or its calls meanwhile.
func TestDebugWaits(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"w", "square"} { // by its name, or by a task
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			tr := newTracer(t) // ends after the parent
			p := startDebugParent(t, "debug one", value)
			pid := p.announced()
			tr.follow(t, pid)
			assert.Equal(t, "started", p.says(), "1 ns would have been its time")
			assert.Equal(t, "144 <nil>", p.ask("square"), "1 ns would have been its time")
			assert.Equal(t, strconv.Itoa(pid)+" <nil>", p.ask("process"))
			assert.Equal(t, `"" <nil>`, p.ask("PROCTOR_DEBUG"), "a worker's workers are not meant")
			assert.Equal(t, `"" <nil>`, p.ask("PROCTOR_AWAIT_DEBUGGER"))
			require.NoError(t, p.in.(io.Closer).Close())
			code, said := p.end()
			assert.Equal(t, 0, code)
			assert.Contains(t, said, "proctor: worker w waits for a debugger (PROCTOR_DEBUG="+value+").")
		})
	}
}

// What a debugged worker dies of does not count against its pool, and the next
// one in its place waits again.
func TestDebugInPool(t *testing.T) {
	t.Parallel()
	one, other := newTracer(t), newTracer(t)
	p := startDebugParent(t, "debug pool", "pool")
	first := p.announced()
	one.follow(t, first)
	assert.Equal(t, "started", p.says())
	assert.Equal(t, "144 <nil>", p.ask("square"))
	require.NoError(t, syscall.Kill(first, syscall.SIGKILL))
	second := p.announced()
	assert.NotEqual(t, first, second)
	require.NoError(t, syscall.Kill(second, syscall.SIGKILL)) // before it is ready
	third := p.announced()
	other.follow(t, third)
	assert.Equal(t, strconv.Itoa(third)+" <nil>", p.ask("process"))
}

func TestDebugMeansAnother(t *testing.T) {
	t.Parallel()
	p := startDebugParent(t, "debug one", "x")
	assert.Contains(t, p.see("names another worker"), "worker=w PROCTOR_DEBUG=x")
}

// A worker that waits for a debugger does not outlive its parent either.
func TestDebugOrphan(t *testing.T) {
	t.Parallel()
	p := startDebugParent(t, "debug one", "w")
	pid := p.announced()
	require.NoError(t, p.cmd.Process.Kill())
	_ = p.cmd.Wait()
	requireGone(t, pid)
}
