package procactor_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// closeAndStay closes the handle of that number, says so, and does nothing.
func closeAndStay(number string) {
	h, _ := strconv.ParseUint(number, 10, 64)
	_ = windows.CloseHandle(windows.Handle(h))
	_, _ = os.Stdout.WriteString("closed\n")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the test closes it
}

// hostileLacks are the tricks that this Windows cannot play, with what
// internal/wine/probe says of it: where the host of a worker's console has the
// worker's handles for as long as the worker runs, nobody can see that one
// closes its channel and goes on.
func hostileLacks(t *testing.T) map[string]string {
	t.Helper()
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()  //nolint:errcheck // nothing to do about it
	defer out.Close() //nolint:errcheck // it is closed before, if all is well
	h := windows.Handle(out.Fd())
	require.NoError(t, windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=close:"+strconv.FormatUint(uint64(h), 10))
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW, AdditionalInheritedHandles: []syscall.Handle{syscall.Handle(h)}}
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, out.Close())
	said, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "closed\n", said)
	err = peek(windows.Handle(in.Fd()))
	require.NoError(t, stdin.Close())
	require.NoError(t, cmd.Wait())
	if errors.Is(err, windows.ERROR_BROKEN_PIPE) {
		return nil
	}
	require.NoError(t, err)
	const reason = "console host: holds what its process inherited"
	return map[string]string{
		"closes its requests": reason,
		"closes its replies":  reason,
		"half a frame":        reason,
		"closes in its hello": reason,
	}
}

// peek tells whether a pipe has a writer.
func peek(pipe windows.Handle) error {
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe").Call(uintptr(pipe), 0, 0, 0, 0, 0)
	if ok != 0 {
		return nil
	}
	return err
}
