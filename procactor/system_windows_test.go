package procactor_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// What the tests need of Windows; system_unix_test.go has the same of Unix.

// channelsVariable tells a worker its channels.
const channelsVariable = wire.EnvHandles

// killedByOthers is how a worker ends that killProcess has killed: whoever
// terminates a process says what its exit code is to be.
var killedByOthers = death{code: 1}

// otherEnds are the ways to end a worker from outside.
var otherEnds = map[string]struct {
	end  func(t testing.TB, pid int)
	want death
}{
	"terminated": {killProcess, killedByOthers},
}

// graceEnd is what ends a worker whose grace is over; goodGraceEnd tells that
// such an end is a good one.
const (
	graceEnd     = syscall.SIGKILL
	goodGraceEnd = false
)

// fineClock tells that the clock sees even the shortest work. It may tick only
// some hundred times a second.
const fineClock = false

// burning is a time in which a process surely uses some of a processor that can
// be seen, in ticks of 10 or 16 ms.
const burning = 300 * time.Millisecond

// startErrors are of a program that is not there, of one that may not be
// executed, and of one that the system does not know.
var startErrors = [3]error{exec.ErrNotFound, exec.ErrNotFound, windows.ERROR_BAD_EXE_FORMAT}

// place has a program at path, which is the one to start.
func place(program, path string) (string, error) {
	path += ".exe"
	in, err := os.Open(program)
	if err != nil {
		return "", err
	}
	defer in.Close() //nolint:errcheck // it was only read
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	return path, errors.Join(err, out.Close())
}

// unplace removes it, though it may run: then it can be moved, but not removed.
func unplace(path string) error {
	return os.Rename(path, filepath.Join(filepath.Dir(path), "gone"))
}

// isGone reports whether the process has ended.
func isGone(pid int) bool {
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_INVALID_PARAMETER) // there is none of that number
	}
	defer windows.CloseHandle(h) //nolint:errcheck // nothing to do about it
	event, err := windows.WaitForSingleObject(h, 0)
	return err == nil && event == windows.WAIT_OBJECT_0
}

// dieBy ends this process as somebody else would; there are no signals.
func dieBy(int) error { return windows.TerminateProcess(windows.CurrentProcess(), 1) }

// ownGroup is of no use where there are no groups.
func ownGroup() int { return 0 }

// rawWrite writes as C code does: no buffer, no runtime.
func rawWrite(p []byte) error {
	h, err := windows.GetStdHandle(windows.STD_OUTPUT_HANDLE)
	if err != nil {
		return err
	}
	var n uint32
	return windows.WriteFile(h, p, &n, nil)
}

// sleeper is a process that does nothing. None escapes from a job.
func sleeper(bool) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=sleep")
	return cmd
}

// lastWords are signals of which a worker dies by itself.
var lastWords = map[string]syscall.Signal{"terminated": syscall.SIGKILL}

// diedByOthers tells the death that killProcess brings.
func diedByOthers(e *procactor.ExitError) bool {
	return e.Code == killedByOthers.code && e.Signal == nil && !e.Killed
}

// lastWord is of no use where there are no signals.
const lastWord = syscall.SIGKILL

// endProcess terminates a process that may have ended by itself.
func endProcess(pid int) {
	h, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return
	}
	_ = windows.TerminateProcess(h, uint32(killedByOthers.code))
	_ = windows.CloseHandle(h)
}

// descriptors is how many handles this process has.
func descriptors(t testing.TB) int {
	t.Helper()
	var n uint32
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetProcessHandleCount").Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&n)))
	require.NotZero(t, ok, "%v", err)
	return int(n)
}

// descriptorsOfThreads is how many of them may come with threads of the
// runtime, which it makes when it likes. It is less than what the starts of a
// test that counts would leave, if each left one.
const descriptorsOfThreads = 50

// testsAtOnce is how many parallel tests run at once, if that is more than there
// are processors: no more than these, since Wine is slow.
const testsAtOnce = 0

// trialsAtOnce is how many trials of a test that mostly waits run at once: few,
// since Wine fails starts ("Internal error") when many come together.
const trialsAtOnce = 8

// crashCycles is how many workers one test starts and has killed, at least: more
// than descriptorsOfThreads.
const crashCycles = 60

// procDir is nowhere: what Wine shows under /proc are the processes of the
// system below it, which have other numbers.
const procDir = `C:\no such directory`
