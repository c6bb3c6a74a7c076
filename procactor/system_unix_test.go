//go:build unix

package procactor_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the tests need of Unix; system_windows_test.go has the same of Windows.

// channelsVariable tells a worker its channels.
const channelsVariable = wire.EnvFDs

// killedByOthers is how a worker ends that killProcess has killed.
var killedByOthers = death{code: -1, signal: syscall.SIGKILL}

// otherEnds are the ways to end a worker from outside.
var otherEnds = map[string]struct {
	end  func(t testing.TB, pid int)
	want death
}{
	"KILL": {killProcess, killedByOthers},
	"TERM": {sends(syscall.SIGTERM), death{code: -1, signal: syscall.SIGTERM}},
	"HUP":  {sends(syscall.SIGHUP), death{code: -1, signal: syscall.SIGHUP}},
}

func sends(sig syscall.Signal) func(testing.TB, int) {
	return func(t testing.TB, pid int) {
		t.Helper()
		assert.NoError(t, syscall.Kill(pid, sig))
	}
}

// graceEnd is what ends a worker whose grace is over, if it lets that happen;
// and goodGraceEnd tells that such an end is a good one.
const (
	graceEnd     = syscall.SIGTERM
	goodGraceEnd = true
)

// fineClock tells that the clock sees even the shortest work.
const fineClock = true

// burning is a time in which a process surely uses some of a processor that can
// be seen.
const burning = 30 * time.Millisecond

// startErrors are of a program that is not there, of one that may not be
// executed, and of one that the system does not know.
var startErrors = [3]error{os.ErrNotExist, os.ErrPermission, syscall.ENOEXEC}

// place has a program at path, which is the one to start.
func place(program, path string) (string, error) { return path, os.Symlink(program, path) }

// unplace removes it, though it may run.
func unplace(path string) error { return os.Remove(path) }

// isGone reports whether the process has ended; a zombie has.
func isGone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}

// dieBy ends this process by a signal.
func dieBy(sig int) error { return syscall.Kill(os.Getpid(), syscall.Signal(sig)) }

// ownGroup is the number of this process's group.
func ownGroup() int { return syscall.Getpgrp() }

// rawWrite writes as C code does: no buffer, no runtime.
func rawWrite(p []byte) error {
	_, err := syscall.Write(1, p)
	return err
}

// sleeper is a process that does nothing; one that escapes is in no group of
// ours.
func sleeper(escape bool) *exec.Cmd {
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: escape}
	return cmd
}

// lastWords are signals of which a worker dies by itself.
var lastWords = map[string]syscall.Signal{"KILL": syscall.SIGKILL, "ABRT": syscall.SIGABRT}

// diedByOthers tells the death that killProcess brings.
func diedByOthers(e *procactor.ExitError) bool { return e.Signal == syscall.SIGKILL && !e.Killed }

// lastWord is the signal that kills a worker as killProcess does.
const lastWord = syscall.SIGKILL

// endProcess kills a process that may have ended by itself.
func endProcess(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// descriptors is how many this process has open.
func descriptors(t testing.TB) int {
	t.Helper()
	fds, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	return len(fds)
}

// descriptorsOfThreads is how many of them may come with threads of the
// runtime, which it makes when it likes.
const descriptorsOfThreads = 0

// playSystem is what the test binary plays here only.
func playSystem(role, arg string) bool {
	switch role {
	case "orphans":
		playOrphanage(arg)
	case "tidy parent":
		playTidyParent(arg)
	case "tidy":
		playTidy(arg)
	case "no guardian":
		playNoGuardian()
	case "closed output":
		playClosedOutput()
	case "short of descriptors":
		playShort()
	case "foreign":
		playForeign()
	case "foreign that wants time":
		procactor.KeepGrace()
		playForeign()
	case "foreign that joins its parent's group":
		procactor.KeepGrace()
		_ = joinParentsGroup() // that it is refused is as good
		playForeign()
	case "deleted directory":
		playOwnDirDeleted(arg)
	case "inherits":
		playInherits(arg)
	case "spin":
		for { //nolint:revive,staticcheck // it never comes to Main
		}
	default:
		return false
	}
	return true
}

// systemDeed is what a worker does here only.
func systemDeed(d deed) (string, error) {
	switch d.Do {
	case "join its parent's group":
		err := joinParentsGroup()
		if errors.Is(err, syscall.EPERM) { // as it should be; but what is shown is what then happens
			err = nil
		}
		return strconv.Itoa(os.Getpid()), err
	case "block": // a thread, where the runtime sees a system call
		var ends [2]int
		if err := syscall.Pipe(ends[:]); err != nil {
			return "", err
		}
		fmt.Println("blocked")
		_, err := syscall.Read(ends[0], make([]byte, 1))
		return "", err
	}
	return "", nil
}

// testsAtOnce is how many parallel tests run at once, if that is more than there
// are processors.
const testsAtOnce = 8

// trialsAtOnce is how many trials of a test that mostly waits run at once.
const trialsAtOnce = 48

// crashCycles is how many workers one test starts and has killed, at least.
const crashCycles = 40

// playInherits is a worker with an init function that takes a descriptor over,
// and opens another as C code does.
func playInherits(fd string) {
	if n, err := strconv.Atoi(fd); err == nil {
		syscall.CloseOnExec(n)
	}
	dir, err := os.MkdirTemp("", "own")
	if err == nil {
		_, err = syscall.Open(filepath.Join(dir, "own file"), syscall.O_CREAT|syscall.O_RDWR, 0o600)
	}
	_ = os.RemoveAll(dir)
	if err != nil {
		panic(err)
	}
	procactor.Main(act)
}

// joinParentsGroup would have this process leave its group without a fork.
func joinParentsGroup() error {
	group, err := syscall.Getpgid(syscall.Getppid())
	if err != nil {
		return err
	}
	return syscall.Setpgid(0, group)
}

// procDir has the processes, where there is such a thing.
const procDir = "/proc"

// hostileLacks are the tricks that this system cannot play.
func hostileLacks(*testing.T) map[string]string { return nil }
