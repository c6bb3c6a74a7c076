// The probe says, one line each, what this Windows lacks that Proctor's tests
// would use, or what is otherwise different from Windows 10. Its output on Wine
// is in internal/wine/known.txt.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

func main() {
	if len(os.Args) > 1 {
		play(os.Args[1:])
		return
	}
	for _, probe := range []func() (string, error){version, jobLimits, posixDelete, ctrlBreak, consoleHost} {
		line, err := probe()
		if err != nil {
			line = "the probe failed: " + err.Error()
		}
		fmt.Println(line)
	}
}

// version says what runs this program.
func version() (string, error) {
	get := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version")
	if get.Find() != nil {
		major, minor, build := windows.RtlGetNtVersionNumbers()
		return fmt.Sprintf("system: Windows %d.%d.%d", major, minor, build), nil
	}
	text, _, _ := get.Call()
	return "system: Wine " + windows.BytePtrToString((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&text)))), nil
}

// jobLimits sets a limit of a job and reads it.
func jobLimits() (string, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(job) //nolint:errcheck // the program ends
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	size, flags := uint32(unsafe.Sizeof(info)), &info.BasicLimitInformation.LimitFlags
	*flags = windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), size); err != nil {
		return "", err
	}
	*flags = 0
	err = windows.QueryInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), size, nil)
	return fmt.Sprintf("job limits: set to %#x, told as %#x", windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK, *flags), err
}

// posixDelete removes a file by the call that os.RemoveAll uses first.
func posixDelete() (string, error) {
	dir, err := os.MkdirTemp("", "probe")
	if err != nil {
		return "", err
	}
	defer os.Remove(dir) //nolint:errcheck // nothing to do about it
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return "", err
	}
	defer os.Remove(path) //nolint:errcheck // it is gone if all is well
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", err
	}
	h, err := windows.CreateFile(name, windows.DELETE, windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(h) //nolint:errcheck // nothing to do about it
	flags := uint32(windows.FILE_DISPOSITION_DELETE | windows.FILE_DISPOSITION_POSIX_SEMANTICS)
	status := windows.NtSetInformationFile(h, &windows.IO_STATUS_BLOCK{}, (*byte)(unsafe.Pointer(&flags)), uint32(unsafe.Sizeof(flags)), windows.FileDispositionInformationEx)
	var code windows.NTStatus
	if errors.As(status, &code) {
		return fmt.Sprintf("FileDispositionInformationEx: %#x", uint32(code)), nil
	}
	return "FileDispositionInformationEx: works", status
}

// ctrlBreak sends a CTRL_BREAK to a child in a group of its own, and tells
// whether it came.
func ctrlBreak() (string, error) {
	cmd := exec.Command(os.Args[0], "be broken")
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		return "", err
	}
	if err := windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid)); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return "CTRL_BREAK: cannot be sent: " + err.Error(), nil
	}
	if cmd.Wait() == nil {
		return "CTRL_BREAK: comes", nil
	}
	return "CTRL_BREAK: is sent, and does not come", nil
}

// consoleHost starts a child with a console without a window and an inherited
// pipe, which the child closes at once, and tells whether that is the pipe's end.
func consoleHost() (string, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return "", err
	}
	h := windows.Handle(out.Fd())
	if err := windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT); err != nil {
		return "", err
	}
	cmd := exec.Command(os.Args[0], "close", strconv.FormatUint(uint64(h), 10))
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW, AdditionalInheritedHandles: []syscall.Handle{syscall.Handle(h)}}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	_ = out.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = in.Read(make([]byte, 1))
	}()
	line := "console host: holds what its process inherited"
	select {
	case <-ended:
		line = "console host: holds nothing"
	case <-time.After(3 * time.Second):
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return line, nil
}

// play is another program: "hold" runs until its input ends, "be broken" ends
// well when it gets a CTRL_BREAK, "close" closes a handle and stays.
func play(part []string) {
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, os.Interrupt)
	if part[0] == "close" {
		h, _ := strconv.ParseUint(part[1], 10, 64)
		_ = windows.CloseHandle(windows.Handle(h))
		<-time.After(time.Minute)
		return
	}
	fmt.Println("ready")
	if part[0] == "hold" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	select {
	case <-broken:
	case <-time.After(5 * time.Second):
		os.Exit(1)
	}
}
