package osproc

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// systemChild holds the pidfd of a worker, which names the process and not a
// number that could be another's later (pidfd_open(2)).
type systemChild struct {
	fd  int      // -1 when the kernel gave none
	end *os.File // the same in the poller

	keeper Keeper // told when it has ended

	autopsy *autopsy
}

func (s *systemChild) prepare(attr *syscall.SysProcAttr) {
	s.fd = -1
	attr.PidFD = &s.fd
	s.autopsy = &autopsy{}
	s.autopsy.begin(s.keeper.Family().memory())
}

// started puts the pidfd into the runtime's poller, so that waiting for the
// end takes no thread.
func (s *systemChild) started() {
	if s.fd < 0 {
		return
	}
	if err := unix.SetNonblock(s.fd, true); err != nil {
		_ = unix.Close(s.fd)
		s.fd = -1
		return
	}
	s.end = os.NewFile(uintptr(s.fd), "pidfd")
}

// SelfPath is this very program, even when its file was replaced.
func SelfPath() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Lstat(self); err != nil {
		return "", fmt.Errorf("%w: this program is found by /proc, which is not there: mount it (mount -t proc proc /proc)", err)
	}
	return self, nil
}

// Wait returns when the process has ended. All in its group are killed before
// it is reaped: as long as it is a zombie its number cannot be another's.
func (c *Child) Wait() Status {
	defer c.system.keeper.Release()
	defer c.system.keeper.Family().forget(c.process.Pid)
	if c.system.end != nil {
		c.awaitExit()
		_ = c.system.end.Close()
	} else {
		c.blockUntilExit()
	}
	c.system.autopsy.look(c.process.Pid, c.wasKilled())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sendGroup(unix.SIGKILL)
	c.system.keeper.Ended(c.process.Pid)
	c.reaped = true
	return statusOf(c.process.Wait()) // it has ended: this does not wait
}

// wasKilled reports whether it was we who killed it.
func (c *Child) wasKilled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.killed
}

// awaitExit parks in the poller until the pidfd is readable.
func (c *Child) awaitExit() {
	raw, err := c.system.end.SyscallConn()
	if err == nil {
		err = raw.Read(func(fd uintptr) bool {
			var info unix.Siginfo
			err := unix.Waitid(unix.P_PIDFD, int(fd), &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
			return err == nil && info.Signo != 0 || err != nil && err != unix.EAGAIN && err != unix.EINTR
		})
	}
	if err != nil {
		c.blockUntilExit()
	}
}

// blockUntilExit waits in a thread, without reaping.
func (c *Child) blockUntilExit() {
	for {
		err := unix.Waitid(unix.P_PID, c.process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}

// fionread asks how many bytes a pipe holds.
const fionread = unix.TIOCINQ
