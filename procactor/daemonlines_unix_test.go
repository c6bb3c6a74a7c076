//go:build unix

package procactor_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// isReaped reports whether nobody has the number any more.
func isReaped(pid int) bool { return syscall.Kill(pid, 0) == syscall.ESRCH }

// reaped returns when the process whose number comes on the line was reaped.
func reaped(t *testing.T, line string) {
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	assert.NoError(t, err)
	assert.Eventually(t, func() bool { return isReaped(pid) }, hangGuard, time.Millisecond)
}

// slowReader is a writer whose first Write has the program go on and returns
// when that has ended: what it wrote last is read only then.
type slowReader struct {
	t    *testing.T
	goOn string // a file that the program waits for
	seen bool
}

func (s *slowReader) Write(p []byte) (int, error) {
	if !s.seen {
		s.seen = true
		assert.NoError(s.t, os.WriteFile(s.goOn, nil, 0o600))
		reaped(s.t, string(p))
	}
	return len(p), nil
}

// Guarantee(programs): A program whose last words are its ready line counts as up, and then as ended, however late its lines are read.
func TestReadyLineComesBeforeTheEnd(t *testing.T) {
	up := regexp.MustCompile("^up$").MatchString
	for name, tt := range map[string]struct {
		says  string
		ready procactor.Readiness
		err   bool // the slow stream is stderr
		fails bool
	}{
		"stdout":                 {says: `echo up`, ready: procactor.Readiness{Line: up}},
		"stderr":                 {says: `echo up >&2`, ready: procactor.Readiness{StderrLine: up}, err: true},
		"without a newline":      {says: `printf up`, ready: procactor.Readiness{Line: up}},
		"CR":                     {says: `printf 'up\r\n'`, ready: procactor.Readiness{Line: up}},
		"stderr without newline": {says: `printf up >&2`, ready: procactor.Readiness{StderrLine: up}, err: true},
		"the other, stdout":      {says: `echo up >&2`, ready: procactor.Readiness{Line: up}, fails: true},
		"the other, stderr":      {says: `echo up`, ready: procactor.Readiness{StderrLine: up}, err: true, fails: true},
		"something else":         {says: `echo upward`, ready: procactor.Readiness{Line: up}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			goOn := filepath.Join(t.TempDir(), "go on")
			first := map[bool]string{false: `echo $$`, true: `echo $$ >&2`}[tt.err]
			d := shell(first+`; until test -e "$1"; do sleep 0.01; done; `+tt.says+`; exit 3`, goOn)
			slow := &slowReader{t: t, goOn: goOn}
			if d.Stdout = slow; tt.err {
				d.Stdout, d.Stderr = io.Discard, slow
			}
			d.Ready = tt.ready
			if tt.fails {
				_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
				require.Error(t, err)
				assert.Equal(t, 3, exitOf(t, err).Code)
				return
			}
			assert.Equal(t, 3, exitOf(t, wait(t, "its end", brief(t, newSystem(t), d)).Reason).Code)
		})
	}
}

// What a stream ends with is a line, also of a program that goes on.
func TestReadyLineWithoutANewline(t *testing.T) {
	up := func(line string) bool { return line == "up" }
	for says, ready := range map[string]procactor.Readiness{
		`printf up; exec >&-`:      {Line: up},
		`printf up >&2; exec 2>&-`: {StderrLine: up},
	} {
		sys := newSystem(t)
		d := shell(says + `; exec sleep 1000`)
		d.Ready = ready
		_, err := procactor.StartDaemon(t.Context(), sys, "d", d)
		require.NoError(t, err)
		require.NoError(t, sys.Stop(t.Context(), "d"))
	}
}

// A try that is under way when the program ends counts: its answer may have been
// there before.
func TestProbeComesBeforeTheEnd(t *testing.T) {
	goOn := filepath.Join(t.TempDir(), "go on")
	lives := make(chan string, 1)
	d := shell(`echo $$; until test -e "$1"; do sleep 0.01; done; exit 3`, goOn)
	d.Stdout = lineTo(lives)
	d.Ready.Probe = func(context.Context) error {
		pid := <-lives
		assert.NoError(t, os.WriteFile(goOn, nil, 0o600))
		reaped(t, pid)
		return nil
	}
	assert.Equal(t, 3, exitOf(t, wait(t, "its end", brief(t, newSystem(t), d)).Reason).Code)
}

// A writer that is stuck does not keep the start of an ended program from
// failing, nor a stop from being served.
func TestStuckWriterAndTheReadyLine(t *testing.T) {
	free := make(chan struct{})
	defer close(free)
	goOn := filepath.Join(t.TempDir(), "go on")
	d := shell(`echo $$; until test -e "$1"; do sleep 0.01; done; echo up`, goOn)
	d.Stdout = heldUp{&slowReader{t: t, goOn: goOn}, free}
	d.Ready.Line = func(line string) bool { return line == "up" }
	_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
	require.Error(t, err)
	assert.True(t, supervise.CauseOf(err).StartFailed)
	assert.ErrorContains(t, err, "ended before it was ready")
}

// heldUp returns from no Write until it is freed.
type heldUp struct {
	to   io.Writer
	free <-chan struct{}
}

func (s heldUp) Write(p []byte) (int, error) {
	_, _ = s.to.Write(p)
	<-s.free
	return len(p), nil
}

// A worker that says that it is ready and ends was up, whatever of the two is
// noticed first.
func TestReadyFrameComesBeforeTheEnd(t *testing.T) {
	for range scale.Rounds(t, 10, 40) {
		end := make(chan actor.Down, 1)
		slot := actor.NewSlot(newSystem(t), "w", func(d actor.Down) { end <- d })
		_, err := procactor.Start(t.Context(), slot, "w", role(t, "ready-and-exit"))
		require.NoError(t, err)
		wait(t, "its end", end)
		slot.Release(actor.ErrNoActor)
	}
}
