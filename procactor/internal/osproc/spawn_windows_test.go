package osproc

import (
	"fmt"
	"os"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// inheritable tells whether a child that inherits everything would get it.
func inheritable(t *testing.T, h windows.Handle) bool {
	t.Helper()
	var flags uint32
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetHandleInformation").Call(uintptr(h), uintptr(unsafe.Pointer(&flags)))
	require.NotZero(t, ok, "%v", err)
	return flags&windows.HANDLE_FLAG_INHERIT != 0
}

func handleOf(t *testing.T, f *os.File) (handle windows.Handle) {
	t.Helper()
	raw, err := f.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(h uintptr) { handle = windows.Handle(h) }))
	return handle
}

// started is this program, started as a worker is, which waits for its end.
func started(t *testing.T) (*Child, WorkerEnds) {
	t.Helper()
	self, err := SelfPath()
	require.NoError(t, err)
	c, ends, err := StartWorker(Plan{Path: self, Args: []string{self, "-test.run", "TestSleeper"}, Env: append(os.Environ(), sleeper+"=1")}, func(Handed) []string { return nil })
	require.NoError(t, err)
	t.Cleanup(func() { CloseAll(ends.Requests, ends.Replies, ends.Crash, ends.Stdout, ends.Stderr) })
	return c, ends
}

// sleeper is the variable that has TestSleeper wait for its end.
const sleeper = "PROCTOR_TEST_SLEEPER"

// TestSleeper is the process of these tests.
func TestSleeper(t *testing.T) {
	if os.Getenv(sleeper) == "" {
		return // it is for another test
	}
	<-time.After(time.Hour)
}

// The parent's own ends, and the job, are for nobody else: a child that held
// the job would keep the worker's descendants alive.
func TestParentsHandlesAreNotInheritable(t *testing.T) {
	c, ends := started(t)
	for name, f := range map[string]*os.File{"requests": ends.Requests, "replies": ends.Replies, "crash": ends.Crash, "stdout": ends.Stdout, "stderr": ends.Stderr} {
		assert.False(t, inheritable(t, handleOf(t, f)), name)
	}
	assert.False(t, inheritable(t, c.system.job), "job")
	c.KillGroup()
	require.NoError(t, c.Wait().Err)
}

// jobLimits reads the limits of a job; the reason tells that this system does
// not say them.
func jobLimits(t *testing.T, job windows.Handle) (flags uint32, reason string) {
	t.Helper()
	read := func(job windows.Handle) uint32 {
		var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
		require.NoError(t, windows.QueryInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), nil))
		return info.BasicLimitInformation.LimitFlags
	}
	probe, err := windows.CreateJobObject(nil, nil)
	require.NoError(t, err)
	defer windows.CloseHandle(probe) //nolint:errcheck // nothing to do about it
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK
	_, err = windows.SetInformationJobObject(probe, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	require.NoError(t, err)
	if got := read(probe); got != windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK {
		return 0, fmt.Sprintf("job limits: set to %#x, told as %#x", windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK, got)
	}
	return read(job), ""
}

func TestLimitsOfAJob(t *testing.T) {
	job, err := newJob()
	require.NoError(t, err)
	defer windows.CloseHandle(job) //nolint:errcheck // nothing to do about it
	flags, reason := jobLimits(t, job)
	if reason != "" {
		t.Skip(reason)
	}
	assert.Equal(t, uint32(windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE), flags, "and nothing may break away")
}

func TestJobOfAWorker(t *testing.T) {
	c, _ := started(t)
	c.KillGroup()
	how := c.Wait()
	require.NoError(t, how.Err)
	assert.Equal(t, -1, how.Code)
	assert.Equal(t, os.Kill, how.Signal)

	// The job's handle is closed by now, and its number may be that of another
	// thing: a late kill must not touch it.
	other, err := newJob()
	require.NoError(t, err)
	bystander, _ := started(t)
	defer func() {
		bystander.KillGroup()
		bystander.Wait()
	}()
	require.NoError(t, bystander.process.WithHandle(func(h uintptr) { err = windows.AssignProcessToJobObject(other, windows.Handle(h)) }))
	require.NoError(t, err)
	c.system.job = other
	c.KillGroup()
	event, err := windows.WaitForSingleObject(processHandle(t, bystander), 0)
	require.NoError(t, err)
	assert.Equal(t, uint32(windows.WAIT_TIMEOUT), event, "it runs on")
	_ = windows.CloseHandle(other)
}

func processHandle(t *testing.T, c *Child) (handle windows.Handle) {
	t.Helper()
	require.NoError(t, c.process.WithHandle(func(h uintptr) { handle = windows.Handle(h) }))
	return handle
}
