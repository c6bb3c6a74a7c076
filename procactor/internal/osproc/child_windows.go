//go:build windows

package osproc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemChild holds the job object of a worker: closing it ends the worker and
// all that it started.
type systemChild struct {
	job     windows.Handle
	autopsy autopsy
}

// SelfPath is the file of this very program.
func SelfPath() (string, error) { return os.Executable() }

// Start starts a process with these files as its standard input, output and
// error, and any more as inherited handles. It starts suspended, is put into
// its job and only then runs, so that nothing it starts can escape.
//
// It inherits exactly these handles, since os.StartProcess lists them to the
// system. So does whatever else this program starts by os or os/exec
// meanwhile: only code that calls CreateProcess itself, and has all that is
// inheritable be inherited, could take along what is so until we close it.
//
// It has no window, and no console that it shares with this process: a Ctrl-C
// there does not reach it.
func Start(plan Plan, files ...*os.File) (*Child, error) {
	if err := checkBatch(plan.Path, plan.Args[1:]); err != nil {
		return nil, err
	}
	const standard = 3
	var inherit []syscall.Handle
	for _, f := range files[standard:] {
		h := f.Fd()
		if err := windows.SetHandleInformation(windows.Handle(h), windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT); err != nil {
			return nil, fmt.Errorf("make a handle inheritable: %w", err)
		}
		inherit = append(inherit, syscall.Handle(h))
	}
	job, err := newJob()
	if err != nil {
		return nil, err
	}
	attr := &os.ProcAttr{
		Dir:   plan.Dir,
		Env:   plan.Env,
		Files: files[:standard],
		Sys: &syscall.SysProcAttr{
			AdditionalInheritedHandles: inherit,
			CreationFlags:              windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW,
		},
	}
	proc, err := os.StartProcess(plan.Path, plan.Args, attr)
	if err != nil {
		_ = windows.CloseHandle(job)
		return nil, err
	}
	if err := enterJob(job, proc); err != nil {
		_ = proc.Kill()
		_, _ = proc.Wait()
		_ = windows.CloseHandle(job)
		return nil, err
	}
	return &Child{process: proc, system: systemChild{job: job}}, nil
}

// newJob makes a job object that ends its processes when it is closed.
func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fmt.Errorf("make a job object: %w", err)
	}
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		_ = windows.CloseHandle(job)
		return 0, fmt.Errorf("set the job object's limits: %w", err)
	}
	return job, nil
}

// enterJob assigns a suspended process to the job and lets it run. As long as
// we have its handle, its number cannot be another's.
func enterJob(job windows.Handle, proc *os.Process) error {
	var assigned error
	err := proc.WithHandle(func(h uintptr) { assigned = windows.AssignProcessToJobObject(job, windows.Handle(h)) })
	if err = errors.Join(err, assigned); err != nil {
		return fmt.Errorf("put the process into its job: %w", err)
	}
	return resumeThreads(uint32(proc.Pid))
}

// resumeThreads has a process run that was started suspended: it has one
// thread, unless some guard of the system has added its own.
func resumeThreads(pid uint32) error {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPTHREAD, 0)
	if err != nil {
		return fmt.Errorf("list the threads: %w", err)
	}
	defer windows.CloseHandle(snapshot) //nolint:errcheck // nothing to do about it
	resumed := 0
	entry := windows.ThreadEntry32{Size: uint32(unsafe.Sizeof(windows.ThreadEntry32{}))}
	for err = windows.Thread32First(snapshot, &entry); err == nil; err = windows.Thread32Next(snapshot, &entry) {
		if entry.OwnerProcessID != pid {
			continue
		}
		if err := resumeThread(entry.ThreadID); err != nil {
			return err
		}
		resumed++
	}
	switch {
	case !errors.Is(err, windows.ERROR_NO_MORE_FILES):
		return fmt.Errorf("list the threads: %w", err)
	case resumed == 0:
		return errors.New("the process has no thread to resume")
	}
	return nil
}

func resumeThread(id uint32) error {
	thread, err := windows.OpenThread(windows.THREAD_SUSPEND_RESUME, false, id)
	if err != nil {
		return fmt.Errorf("open the process's thread: %w", err)
	}
	defer windows.CloseHandle(thread) //nolint:errcheck // nothing to do about it
	if _, err = windows.ResumeThread(thread); err != nil {
		return fmt.Errorf("resume the process's thread: %w", err)
	}
	return nil
}

// Terminate does nothing: Windows has no signal that asks to end.
func (c *Child) Terminate() {}

// TerminateGroup does nothing, for the same reason.
func (c *Child) TerminateGroup() {}

// Dump does nothing: there is no signal for it.
func (c *Child) Dump() {}

// KillGroup ends the worker and all that it started.
func (c *Child) KillGroup() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return // the handle's number may be another's
	}
	_ = windows.TerminateJobObject(c.system.job, killedExitCode)
}

// Wait returns when the process has ended; closing the job ends the rest.
func (c *Child) Wait() Status {
	state, err := c.process.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reaped = true
	_ = windows.CloseHandle(c.system.job)
	return statusOf(state, err)
}

// SignalGroup is nothing that Windows could do.
func (c *Child) SignalGroup(os.Signal) error { return errors.ErrUnsupported }

// checkBatch refuses what cannot be handed safely to a batch file: the shell
// that runs it reads the whole command line again, by rules of its own, so that
// an argument could become a command.
func checkBatch(path string, args []string) error {
	switch strings.ToLower(filepath.Ext(strings.TrimRight(path, ". "))) {
	case ".bat", ".cmd":
	default:
		return nil
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, "\"%!^&|<>()\r\n") {
			return fmt.Errorf("the argument %q cannot be handed to the batch file %s: %w", arg, path, errors.ErrUnsupported)
		}
	}
	return nil
}
