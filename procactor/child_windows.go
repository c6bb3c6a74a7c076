//go:build windows

package procactor

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"github.com/proctor-dev/proctor/procactor/wire"
	"golang.org/x/sys/windows"
)

// systemChild holds the job object of a worker: closing it ends the worker and
// all that it started.
type systemChild struct{ job windows.Handle }

func selfPath() (string, error) { return os.Executable() }

// startChild starts a worker with its channels.
func startChild(plan launchPlan) (*child, error) {
	p, err := makePipes()
	if err != nil {
		return nil, err
	}
	defer p.closeTheirs()
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.closeOurs()
		return nil, err
	}
	defer closeAll(null)
	channels := wire.Channels{Requests: p.requestsR.Fd(), Replies: p.repliesW.Fd(), Crash: p.crashW.Fd()}
	plan.env = append(plan.env, wire.EnvHandles+"="+channels.String())
	proc, system, err := spawn(plan, null, p.stdoutW, p.stderrW, p.requestsR, p.repliesW, p.crashW)
	if err != nil {
		p.closeOurs()
		return nil, err
	}
	return p.child(proc, system), nil
}

// spawn starts a process with these files as its standard input, output and
// error, and any more as inherited handles. It starts suspended, is put into
// its job and only then runs, so that nothing it starts can escape.
func spawn(plan launchPlan, files ...*os.File) (*os.Process, systemChild, error) {
	const standard = 3
	var inherit []syscall.Handle
	for _, f := range files[standard:] {
		h := f.Fd()
		if err := windows.SetHandleInformation(windows.Handle(h), windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT); err != nil {
			return nil, systemChild{}, fmt.Errorf("make a handle inheritable: %w", err)
		}
		inherit = append(inherit, syscall.Handle(h))
	}
	job, err := newJob()
	if err != nil {
		return nil, systemChild{}, err
	}
	attr := &os.ProcAttr{
		Dir:   plan.dir,
		Env:   plan.env,
		Files: files[:standard],
		Sys: &syscall.SysProcAttr{
			AdditionalInheritedHandles: inherit,
			CreationFlags:              windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW,
		},
	}
	proc, err := os.StartProcess(plan.path, plan.argv, attr)
	if err != nil {
		_ = windows.CloseHandle(job)
		return nil, systemChild{}, err
	}
	if err := enterJob(job, proc.Pid); err != nil {
		_ = proc.Kill()
		_, _ = proc.Wait()
		_ = windows.CloseHandle(job)
		return nil, systemChild{}, err
	}
	return proc, systemChild{job: job}, nil
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

// enterJob assigns a suspended process to the job and lets its one thread run.
func enterJob(job windows.Handle, pid int) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return fmt.Errorf("open the worker: %w", err)
	}
	defer windows.CloseHandle(h) //nolint:errcheck // nothing to do about it
	if err := windows.AssignProcessToJobObject(job, h); err != nil {
		return fmt.Errorf("put the worker into its job: %w", err)
	}
	return resumeThreads(uint32(pid))
}

func resumeThreads(pid uint32) error {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPTHREAD, 0)
	if err != nil {
		return fmt.Errorf("list the worker's threads: %w", err)
	}
	defer windows.CloseHandle(snapshot) //nolint:errcheck // nothing to do about it
	entry := windows.ThreadEntry32{Size: uint32(unsafe.Sizeof(windows.ThreadEntry32{}))}
	for err = windows.Thread32First(snapshot, &entry); err == nil; err = windows.Thread32Next(snapshot, &entry) {
		if entry.OwnerProcessID != pid {
			continue
		}
		thread, err := windows.OpenThread(windows.THREAD_SUSPEND_RESUME, false, entry.ThreadID)
		if err != nil {
			return fmt.Errorf("open the worker's thread: %w", err)
		}
		_, err = windows.ResumeThread(thread)
		_ = windows.CloseHandle(thread)
		return err
	}
	if !errors.Is(err, windows.ERROR_NO_MORE_FILES) {
		return err
	}
	return errors.New("the worker has no thread to resume")
}

// terminate does nothing: Windows has no polite signal, and the STOP frame was
// sent already.
func (c *child) terminate() {}

// killGroup ends the worker and all that it started.
func (c *child) killGroup() { _ = windows.TerminateJobObject(c.system.job, killedExitCode) }

// killedExitCode is the status of a worker that we ended.
const killedExitCode = 137

// wait returns when the process has ended; closing the job ends the rest.
func (c *child) wait() (*os.ProcessState, error) {
	state, err := c.process.Wait()
	_ = windows.CloseHandle(c.system.job)
	return state, err
}

// exitStatus reads how the process ended; exceptions are shown as codes.
func exitStatus(s *os.ProcessState) (code int, sig os.Signal) {
	code = s.ExitCode()
	if strings.HasPrefix(fmt.Sprintf("%#x", uint32(code)), "0xc") {
		return code, exception(uint32(code))
	}
	return code, nil
}

// exception is a Windows exception that ended a process, in the place of a
// signal.
type exception uint32

func (e exception) Signal()        {}
func (e exception) String() string { return fmt.Sprintf("exception %#x", uint32(e)) }

// dump does nothing: there is no signal for it.
func (c *child) dump() {}
