//go:build unix

package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// suffix is that of a socket that is for a file. That for its name is as long,
// so that both can be had or none.
const suffix = ".sock"

// placesFor are in a directory that only this user can enter, which it makes.
func placesFor(name, file string) (Places, error) {
	dir, err := privateDir()
	if err != nil {
		return Places{}, err
	}
	return Places{Name: filepath.Join(dir, name+".name"), File: filepath.Join(dir, file+suffix)}, nil
}

func privateDir() (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir != "" {
		dir = filepath.Join(dir, "proctor")
	} else {
		dir = filepath.Join(os.TempDir(), "proctor-"+strconv.Itoa(os.Getuid()))
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%w; %s, or name a socket by --socket", err, otherDir)
	}
	info, err := os.Lstat(dir) // somebody else may have made it, also as a link
	if err != nil {
		return "", err
	}
	if hint := hintOf(info); hint != "" {
		return "", fmt.Errorf("%s is not a directory of this user's alone: %s, or name a socket by --socket", dir, hint)
	}
	return dir, nil
}

// otherDir is the hint where a directory cannot be had.
const otherDir = "have XDG_RUNTIME_DIR name a directory of this user's"

// hintOf says how what is there becomes a directory of this user's alone; empty
// when it is one.
func hintOf(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok || int(stat.Uid) != os.Getuid():
		return otherDir
	case !info.IsDir():
		return "remove it"
	case info.Mode().Perm()&0o077 != 0:
		return "have its mode be 0700"
	}
	return ""
}

// ErrTaken says that another process listens at an address.
var ErrTaken = errors.New("another proctor runs there")

// Listen listens at an address, which only this user can connect to. What a
// dead process left there is replaced; when one lives the error is [ErrTaken].
func Listen(address string) (net.Listener, error) {
	if longest := len(unix.RawSockaddrUnix{}.Path) - 1; len(address) > longest {
		return nil, fmt.Errorf("the path of a socket has at most %d bytes, and this one %d: %s", longest, len(address), address)
	}
	if err := noOtherFile(address); err != nil {
		return nil, err
	}
	dir := filepath.Dir(address)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no directory %s for the socket: make it, or name another", dir)
	}
	lock, err := lockOf(address)
	if err != nil {
		return nil, err
	}
	l, err := listenLocked(address)
	if err != nil {
		unlock(lock, address)
		return nil, err
	}
	return &locked{Listener: l, address: address, lock: lock}, nil
}

// lockOf takes the lock beside the socket. It lives as long as its process, so
// that nobody has to guess whether a socket is still somebody's.
//
// Its file is removed by whoever has locked it, when it is done. Another one may
// have opened it just before: so a lock counts only on the file that is still
// there under the name.
func lockOf(address string) (*os.File, error) {
	for {
		lock, err := os.OpenFile(lockFile(address), os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		if err := exclusively(lock); err != nil {
			_ = lock.Close()
			return nil, fmt.Errorf("%w: %s", ErrTaken, address)
		}
		ours, err := lock.Stat()
		if err != nil {
			_ = lock.Close()
			return nil, err
		}
		if there, err := os.Lstat(lockFile(address)); err == nil && os.SameFile(ours, there) {
			return lock, nil
		}
		_ = lock.Close() // it was removed before we had it
	}
}

// lookPause and lookTries bound how long a lock is tried that somebody may only be
// looking at, which takes no time: see isLocked. Nothing tells of its end.
const (
	lookPause = 10 * time.Millisecond
	lookTries = 20
)

// exclusively locks the file, unless another has it.
func exclusively(lock *os.File) error {
	for try := 1; ; try++ {
		err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil || try == lookTries {
			return err
		}
		<-time.After(lookPause)
	}
}

// unlock gives the lock up, and removes its file before.
func unlock(lock *os.File, address string) {
	_ = os.Remove(lockFile(address))
	_ = lock.Close()
}

func lockFile(address string) string { return address + ".lock" }

// noOtherFile refuses an address at which there is something else.
func noOtherFile(address string) error {
	if info, err := os.Lstat(address); err == nil && info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there, and is no socket", address)
	}
	return nil
}

// backlog is how many may be about to connect; the system may lower it. Whoever
// comes when it is full is turned away by the system, before we could choose.
const backlog = 4096

func listenLocked(address string) (net.Listener, error) {
	if err := noOtherFile(address); err != nil {
		return nil, err
	}
	if err := os.Remove(address); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// The mode is set before anybody can connect, so that it has no first
	// instant: bind makes the file, listen comes after chmod.
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), address)
	defer f.Close() //nolint:errcheck // the listener has a copy
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: address}); err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	if err := errors.Join(os.Chmod(address, 0o600), os.NewSyscallError("listen", unix.Listen(fd, backlog))); err != nil {
		_ = os.Remove(address)
		return nil, err
	}
	return net.FileListener(f)
}

// locked is a listener that removes its socket before it gives the lock up.
type locked struct {
	net.Listener
	address string
	lock    *os.File
	closed  sync.Once
}

// Close ends the listening. The second time it does nothing: what is there by
// then is another's.
func (l *locked) Close() error {
	err := net.ErrClosed
	l.closed.Do(func() {
		_ = os.Remove(l.address)
		err = l.Listener.Close()
		unlock(l.lock, l.address)
	})
	return err
}

// fullPause and fullTries bound how long a client tries while the backlog is full.
const (
	fullPause = 20 * time.Millisecond
	fullTries = 50
)

func dial(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	for try := 1; ; try++ {
		conn, err := d.DialContext(ctx, "unix", address)
		if !errors.Is(err, unix.EAGAIN) || try == fullTries {
			return conn, err
		}
		pause := time.NewTimer(fullPause) // nothing tells when there is room
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, err
		}
	}
}
