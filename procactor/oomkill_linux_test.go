package procactor_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallCgroup makes a cgroup with 64 MiB of memory, or skips.
func smallCgroup(t *testing.T) (dir string) {
	t.Helper()
	for _, kind := range []struct{ point, limit, swap string }{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"}, // version 1
		{"/sys/fs/cgroup", "memory.max", "memory.swap.max"},
	} {
		dir := filepath.Join(kind.point, fmt.Sprintf("proctor-test-%d-%d", os.Getpid(), time.Now().UnixNano()))
		if os.Mkdir(dir, 0o700) != nil {
			continue
		}
		t.Cleanup(func() { // the last of its processes may not quite be gone
			assert.Eventually(t, func() bool { return os.Remove(dir) == nil }, patience, time.Millisecond)
		})
		if os.WriteFile(filepath.Join(dir, kind.limit), []byte(strconv.Itoa(smallMemory())), 0o600) == nil {
			_ = os.WriteFile(filepath.Join(dir, kind.swap), []byte("0"), 0o600) // it may have none
			return dir
		}
	}
	t.Skip("no cgroup with a limit of memory can be made here: it takes root, and a writable /sys/fs/cgroup with its memory controller")
	return ""
}

// smallMemory is what five workers have room in, in bytes, and a hog has not.
func smallMemory() int {
	if raceEnabled {
		return 256 << 20 // its shadow is memory, too
	}
	return 64 << 20
}

// inside is the test binary as a worker that is in the cgroup from its start.
func inside(t *testing.T, cgroup string) procactor.Worker {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	w := procactor.Program("sh", "-c", `echo $$ >"$1"/cgroup.procs && exec "$0"`, self, cgroup)
	w.Env = append(os.Environ(), roleVariable+"=plain")
	return w
}

// killStranger has the kernel kill a process of no System for want of memory.
func killStranger(t *testing.T, cgroup string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", `echo $$ >"$0"/cgroup.procs && exec tail /dev/zero`, cgroup).CombinedOutput()
	require.Error(t, err, "it is killed: %s", out)
}

// The tests here do not run in parallel to others: each kill is one that the
// machine counts.

func TestKernelsKillOfAWorker(t *testing.T) {
	cgroup := smallCgroup(t)
	for name, tt := range map[string]struct {
		worker procactor.Worker
		how    string
		text   string
	}{
		"in the cgroup from its start": {inside(t, cgroup), "hog -", "by the kernel: out of memory"},
		"that moves there":             {procactor.Self(), "hog " + cgroup, "(perhaps out of memory: the kernel has killed somebody on this machine for it)"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				_, err := misbehave.On(start(t, tt.worker)).Call(t.Context(), tt.how)
				exit := exitOf(t, err)
				assert.True(t, exit.OOM)
				assert.True(t, supervise.CauseOf(err).OOM)
				assert.Contains(t, exit.Error(), "was ended by signal 9 (killed) ")
				assert.Contains(t, exit.Error(), tt.text)
			}
		})
	}
}

func TestKernelsKillOfAProgram(t *testing.T) {
	cgroup := smallCgroup(t)
	line := "echo $$ >" + cgroup + "/cgroup.procs && exec tail /dev/zero"
	anyProgram(t, line, func(t *testing.T, died error) {
		assert.True(t, exitOf(t, died).OOM, "%v", died)
		assert.True(t, supervise.CauseOf(died).OOM)
	})
}

// Guarantee(crash): When several workers die at once, one out-of-memory kill by the kernel explains one death, and a kill by anyone else explains none.
func TestOneKillExplainsOneDeath(t *testing.T) {
	cgroup := smallCgroup(t)
	const others = 4
	s := newStage(t)
	sys := newSystem(t)
	var ends []<-chan answer[string]
	for i := range others {
		p, err := procactor.Start(t.Context(), sys, fmt.Sprintf("w%d", i), inside(t, cgroup))
		require.NoError(t, err)
		ends = append(ends, call(t.Context(), puppet.On(p), s.part("victim")))
	}
	hog, err := procactor.Start(t.Context(), sys, "hog", inside(t, cgroup))
	require.NoError(t, err)
	_, err = misbehave.On(hog).Call(t.Context(), "hog -")
	require.True(t, exitOf(t, err).OOM)
	for range others {
		killProcess(t, s.next(t).Process)
	}
	for _, end := range ends {
		assert.False(t, exitOf(t, wait(t, "the call's end", end).err).OOM)
	}
}

func TestKillOfAStrangerExplainsNothing(t *testing.T) {
	cgroup := smallCgroup(t)
	for name, w := range map[string]procactor.Worker{"in its cgroup, before": inside(t, cgroup), "elsewhere, before": procactor.Self()} {
		t.Run(name, func(t *testing.T) {
			killStranger(t, cgroup)
			s := newStage(t)
			got := call(t.Context(), puppet.On(start(t, w)), s.part("victim"))
			killProcess(t, s.next(t).Process)
			exit := exitOf(t, wait(t, "the call's end", got).err)
			assert.False(t, exit.OOM)
			assert.True(t, strings.HasSuffix(exit.Error(), "that we did not send"), exit.Error())
		})
	}
}
