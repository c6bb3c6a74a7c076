package procactor

import (
	"fmt"
	"os"
	"testing"
	"unsafe"

	"github.com/proctor-dev/proctor/procactor/wire"
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

// started is a worker that nobody has greeted.
func started(t *testing.T) *child {
	t.Helper()
	plan, err := Self().plan()
	require.NoError(t, err)
	c, err := startChild(plan)
	require.NoError(t, err)
	t.Cleanup(func() { closeAll(c.requests, c.replies, c.crash, c.stdout, c.stderr) })
	return c
}

// The parent's own ends, and the job, are for nobody else: a child that held
// the job would keep the worker's descendants alive.
func TestParentsHandlesAreNotInheritable(t *testing.T) {
	c := started(t)
	for name, f := range map[string]*os.File{"requests": c.requests, "replies": c.replies, "crash": c.crash, "stdout": c.stdout, "stderr": c.stderr} {
		assert.False(t, inheritable(t, handleOf(t, f)), name)
	}
	assert.False(t, inheritable(t, c.system.job), "job")
	c.killGroup()
	_, err := c.wait()
	require.NoError(t, err)
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
	c := started(t)
	c.killGroup()
	state, err := c.wait()
	require.NoError(t, err)
	code, sig := exitStatus(state)
	assert.Equal(t, -1, code)
	assert.Equal(t, os.Kill, sig)

	// The job's handle is closed by now, and its number may be that of another
	// thing: a late kill must not touch it.
	other, err := newJob()
	require.NoError(t, err)
	bystander := started(t)
	defer func() {
		bystander.killGroup()
		_, _ = bystander.wait()
	}()
	require.NoError(t, bystander.process.WithHandle(func(h uintptr) { err = windows.AssignProcessToJobObject(other, windows.Handle(h)) }))
	require.NoError(t, err)
	c.system.job = other
	c.killGroup()
	event, err := windows.WaitForSingleObject(processHandle(t, bystander), 0)
	require.NoError(t, err)
	assert.Equal(t, uint32(windows.WAIT_TIMEOUT), event, "it runs on")
	_ = windows.CloseHandle(other)
}

func processHandle(t *testing.T, c *child) (handle windows.Handle) {
	t.Helper()
	require.NoError(t, c.process.WithHandle(func(h uintptr) { handle = windows.Handle(h) }))
	return handle
}

// A worker's own ends are inherited by nothing that it starts.
func TestChannelsBecomeUninheritable(t *testing.T) {
	p, err := makePipes()
	require.NoError(t, err)
	defer p.closeOurs()
	defer p.closeTheirs()
	var handles [3]windows.Handle // other ones of the same, which openChannels takes for its own
	self := windows.CurrentProcess()
	for i, f := range []*os.File{p.requestsR, p.repliesW, p.crashW} {
		require.NoError(t, windows.DuplicateHandle(self, handleOf(t, f), self, &handles[i], 0, true, windows.DUPLICATE_SAME_ACCESS))
		require.True(t, inheritable(t, handles[i]))
	}
	ch, err := openChannels(wire.Channels{Requests: uintptr(handles[0]), Replies: uintptr(handles[1]), Crash: uintptr(handles[2])})
	require.NoError(t, err)
	defer closeAll(ch.in, ch.out, ch.crash)
	for _, h := range handles {
		assert.False(t, inheritable(t, h))
	}
}
