package procactor_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// newEvent returns an event that is set and that children may inherit: a kind
// of handle by which a process can tell whether it has this one, or has another
// thing under its number.
func newEvent(t *testing.T) windows.Handle {
	t.Helper()
	security := windows.SecurityAttributes{InheritHandle: 1}
	security.Length = uint32(unsafe.Sizeof(security))
	const manual, set = 1, 1
	h, err := windows.CreateEvent(&security, manual, set, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = windows.CloseHandle(h) })
	return h
}

// hasEvent tells whether this process has an event that is set, and that it may
// set, under that number.
func hasEvent(number string) string {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return err.Error()
	}
	h := windows.Handle(n)
	woke, err := windows.WaitForSingleObject(h, 0)
	return strconv.FormatBool(err == nil && woke == windows.WAIT_OBJECT_0 && windows.SetEvent(h) == nil)
}

// Guarantee(windows): On Windows, a worker inherits the handles of its channel and of its standard streams, and no others.
func TestWorkerInheritsItsHandlesOnly(t *testing.T) {
	t.Parallel()
	secret := newEvent(t)
	number := strconv.FormatUint(uint64(secret), 10)

	// Whoever is handed it has it, so that the question means something.
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=has:"+number)
	cmd.SysProcAttr = &syscall.SysProcAttr{AdditionalInheritedHandles: []syscall.Handle{syscall.Handle(secret)}}
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, "true", string(out))

	has, err := act.On(begin(t, quietSystem(t), "w", quick())).Call(t.Context(), deed{Do: "has", Text: number})
	require.NoError(t, err)
	assert.Equal(t, "false", has)
}

// ending is a channel that notes that its other end was closed, and not only
// this one.
type ending struct {
	io.ReadWriteCloser
	seen atomic.Bool
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.ReadWriteCloser.Read(p)
	if errors.Is(err, io.EOF) {
		e.seen.Store(true)
	}
	return n, err
}

// Workers, and other children of the program, that are started at the same time
// get no handle of each other: otherwise a worker's channel would not end with it.
func TestStartsAtOnceLeakNoHandles(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	var starts sync.WaitGroup
	others := make(chan *exec.Cmd, 12)
	for i := range 3 {
		starts.Go(func() {
			for j := range 4 {
				cmd := sleeper(false)
				if assert.NoError(t, cmd.Start()) {
					others <- cmd
				}
				var channel ending
				w := quick()
				w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
					channel.ReadWriteCloser = rw
					return &channel
				}
				p, err := procactor.Start(t.Context(), sys, fmt.Sprintf("w%d-%d", i, j), w)
				if !assert.NoError(t, err) {
					return
				}
				down := act.On(p).Watch(t.Context())
				_, err = act.On(p).Call(t.Context(), deed{Do: "last words"})
				assert.Error(t, err)
				<-down
				assert.True(t, channel.seen.Load(), "its channel ended with it")
			}
		})
	}
	starts.Wait()
	close(others)
	for cmd := range others { // they lived all the time
		assert.False(t, isGone(cmd.Process.Pid))
		assert.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
}

// playSystem is what the test binary plays here only.
func playSystem(name, arg string) bool {
	switch name {
	case "has":
		fmt.Print(hasEvent(arg))
	case "close":
		closeAndStay(arg)
	default:
		return false
	}
	return true
}

// systemDeed is what a worker does here only.
func systemDeed(d deed) (string, error) {
	switch d.Do {
	case "has":
		return hasEvent(d.Text), nil
	case "break away": // a child outside of the job
		cmd := sleeper(false)
		cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_BREAKAWAY_FROM_JOB}
		if err := cmd.Start(); err != nil {
			return "", err
		}
		return strconv.Itoa(cmd.Process.Pid), nil
	case "console window":
		h, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleWindow").Call()
		return strconv.FormatBool(h != 0 && windows.IsWindowVisible(windows.HWND(h))), nil
	case "exception": // which no Go code recovers from, in code that is not Go's
		debug.SetTraceback("crash")
		_, _, err := windows.NewLazySystemDLL("ntdll.dll").NewProc("RtlZeroMemory").Call(0x10, 1)
		return "", err
	}
	return "", nil
}
