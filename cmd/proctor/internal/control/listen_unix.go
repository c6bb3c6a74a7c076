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
	"syscall"

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
	if mend := mendOf(info); mend != "" {
		return "", fmt.Errorf("%s is not a directory of this user's alone: %s, or name a socket by --socket", dir, mend)
	}
	return dir, nil
}

// otherDir is the mend where a directory cannot be had.
const otherDir = "have XDG_RUNTIME_DIR name a directory of this user's"

// mendOf says how what is there becomes a directory of this user's alone; empty
// when it is one.
func mendOf(info fs.FileInfo) string {
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
		_ = lock.Close()
		return nil, err
	}
	return &locked{Listener: l, lock: lock}, nil
}

// lockOf takes the lock beside the socket. It lives as long as its process, so
// that nobody has to guess whether a socket is still somebody's; and it is never
// removed, since another process may be about to lock it.
func lockOf(address string) (*os.File, error) {
	lock, err := os.OpenFile(address+".lock", os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("%w: %s", ErrTaken, address)
	}
	return lock, nil
}

// noOtherFile refuses an address at which there is something else.
func noOtherFile(address string) error {
	if info, err := os.Lstat(address); err == nil && info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there, and is no socket", address)
	}
	return nil
}

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
	if err := errors.Join(os.Chmod(address, 0o600), os.NewSyscallError("listen", unix.Listen(fd, 64))); err != nil {
		_ = os.Remove(address)
		return nil, err
	}
	return net.FileListener(f)
}

// locked is a listener that removes its socket before it gives the lock up.
type locked struct {
	net.Listener
	lock *os.File
}

// Close ends the listening.
func (l *locked) Close() error {
	_ = os.Remove(l.Addr().String())
	err := l.Listener.Close()
	_ = l.lock.Close()
	return err
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", address)
}
