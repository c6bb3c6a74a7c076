//go:build unix

package live

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Terminal is the one that this process is controlled by from its start, held
// open: once it is closed the kernel answers nothing by it but errors, before it
// or a shell sends the first HUP.
type Terminal struct {
	file *os.File
	over sync.WaitGroup

	mu   sync.Mutex // protects the following
	gone time.Time  // when that was seen; zero: not yet
}

// ownTerminal names the terminal that a process is controlled by, if any.
const ownTerminal = "/dev/tty"

// FindTerminal returns it, nil when this process is controlled by none. Close must be called.
func FindTerminal() *Terminal {
	f, err := os.OpenFile(ownTerminal, os.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	t := &Terminal{file: f}
	t.over.Go(t.watch)
	return t
}

// watch notes when the terminal is closed. Where the system does not tell that,
// it is seen when the next HUP comes.
func (t *Terminal) watch() {
	raw, err := t.file.SyscallConn()
	if err != nil {
		return
	}
	if raw.Read(func(fd uintptr) bool { return isClosedTerminal(fd) }) == nil { // nothing is read: what is typed is another's
		t.see(time.Now())
	}
}

// see notes that the terminal is gone, and returns since when.
func (t *Terminal) see(now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone.IsZero() {
		t.gone = now
	}
	return t.gone
}

// look says what is so of the terminal now.
func (t *Terminal) look(now time.Time) sight {
	if t == nil {
		return sightOf(false, false, 0)
	}
	if t.there() {
		return sightOf(true, true, 0)
	}
	return sightOf(true, false, now.Sub(t.see(now)))
}

// there reports whether the terminal is, and is ours.
func (t *Terminal) there() bool {
	raw, err := t.file.SyscallConn()
	closed := true
	if err == nil {
		err = raw.Control(func(fd uintptr) { closed = isClosedTerminal(fd) })
	}
	if err != nil || closed {
		return false
	}
	f, err := os.OpenFile(ownTerminal, os.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

func isClosedTerminal(fd uintptr) bool {
	_, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ)
	return err != nil
}

// Close lets go of it; also of nil.
func (t *Terminal) Close() {
	if t == nil {
		return
	}
	_ = t.file.Close()
	t.over.Wait()
}
