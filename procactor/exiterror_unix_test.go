//go:build unix

package procactor

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

// Whoever reads the error of a KILL that nobody here sent thinks of memory where
// nothing tells, or what tells says so, and nowhere else.
func TestExitErrorThinksOfMemory(t *testing.T) {
	t.Parallel()
	const perhaps = " that we did not send (perhaps out of memory: the kernel has killed somebody on this machine for it)"
	killed := ExitError{PID: 7, Code: -1, Signal: syscall.SIGKILL}
	by := func(m osproc.Manner) ExitError {
		e := killed
		e.settleManner(func() osproc.Manner { return m }, false)
		return e
	}
	ours := func(why error) ExitError {
		e := killed
		e.Killed, e.Why = true, why
		e.settleManner(func() osproc.Manner { panic("it is not asked: its kill would be gone") }, false)
		return e
	}
	for name, c := range map[string]struct {
		exit ExitError
		oom  bool
		text string
	}{
		"nothing tells":                {by(osproc.MannerUntold), false, "was ended by signal 9 (killed) that we did not send (out of memory?)"},
		"made by hand":                 {killed, false, "was ended by signal 9 (killed) that we did not send (out of memory?)"},
		"somebody's":                   {by(osproc.MannerSomebody), false, "was ended by signal 9 (killed) that we did not send"},
		"the machine has killed":       {by(osproc.MannerPerhapsMemory), true, "was ended by signal 9 (killed)" + perhaps},
		"its cgroup has killed":        {by(osproc.MannerMemory), true, "was ended by signal 9 (killed) by the kernel: out of memory"},
		"made by hand, out of memory":  {ExitError{PID: 7, Code: -1, Signal: syscall.SIGKILL, OOM: true}, true, "was ended by signal 9 (killed) by the kernel: out of memory"},
		"its time":                     {by(osproc.MannerTime), false, "was ended by signal 9 (killed): it used up its processor time (RLIMIT_CPU)"},
		"ours":                         {ours(ErrOverdue), false, "was killed by us: the worker did not end a canceled call in time"},
		"ours, silent":                 {ours(ErrSilent), false, "was killed by us: the worker answered no ping"},
		"ours, killed":                 {ours(actor.ErrKilled), false, "was killed by us"},
		"ours, killed for a reason":    {ours(fmt.Errorf("%w: enough", actor.ErrKilled)), false, "was killed by us: enough"},
		"ours, TERM":                   {ExitError{PID: 7, Code: -1, Signal: syscall.SIGTERM, Killed: true, Why: actor.ErrShutdown}, false, "was ended by us with signal 15 (terminated): shutdown"},
		"ours, exits":                  {ExitError{PID: 7, Code: 3, Killed: true, Why: actor.ErrShutdown}, false, "exited with status 3 when we had asked it to end: shutdown"},
		"cut off":                      {ExitError{PID: 7, Code: -1, Signal: syscall.SIGKILL, Why: cutOffError{}, death: osproc.DeathOrphaned}, false, "ended itself: it lost its channel from this process"},
		"TERM by others":               {ExitError{PID: 7, Code: -1, Signal: syscall.SIGTERM}, false, "was ended by signal 15 (terminated)"},
		"an exit code":                 {ExitError{PID: 7, Code: 137}, false, "exited with status 137"},
		"SEGV of C code":               {ExitError{PID: 7, Code: -1, Signal: syscall.SIGSEGV}, false, "was ended by signal 11 (segmentation fault)"},
		"a panic, exit 2":              {ExitError{PID: 7, Code: 2, Panic: &actor.PanicError{Value: "boom"}}, false, "exited with status 2: boom"},
		"a clean end":                  {ExitError{PID: 7}, false, "exited with status 0"},
		"last words":                   {ExitError{PID: 7, Code: 4, Stderr: []byte("a\nno space\n")}, false, `exited with status 4: stderr ends "no space"`},
		"last words, a moment before":  {ExitError{PID: 7, Code: 4, Stderr: []byte("a\nno space\n"), quiet: lastWordsBound}, false, `exited with status 4: stderr ends "no space"`},
		"an old line is no last words": {ExitError{PID: 7, Code: 4, Stderr: []byte("a\nGET /\n"), quiet: lastWordsBound + time.Millisecond}, false, "exited with status 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "worker process 7 "+c.text, c.exit.Error())
			assert.Equal(t, c.oom, c.exit.OOM)
			assert.Equal(t, c.oom, c.exit.ExitCause().OOM)
		})
	}
}
