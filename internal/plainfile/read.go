// Package plainfile reads files whose names a person gave.
package plainfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrKind is the error of what is there and is no file.
var ErrKind = errors.New("it is no file")

// ErrTooLarge is the error of a file that has more than is read.
var ErrTooLarge = errors.New("it is too large")

// KindError says what is there instead of a file.
type KindError struct {
	Path string
	Is   string // such as "a directory"
}

// Error names the place and what is there.
func (e *KindError) Error() string { return fmt.Sprintf("%s: this is %s, and no file", e.Path, e.Is) }

// Unwrap returns [ErrKind].
func (e *KindError) Unwrap() error { return ErrKind }

// Read reads the file at path, of at most limit bytes; the error of a larger one
// wraps [ErrTooLarge].
//
// It waits for nobody: a pipe with a name, a device and a socket are refused by a
// *[KindError]. But for the descriptors that this process was given, such as
// /dev/stdin and the /dev/fd/63 of a shell's <(…): whoever gave a pipe is about
// to write on it.
func Read(path string, limit int) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, kindOr(path, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if is := kindOf(info.Mode()); is != "" && (info.IsDir() || !IsDescriptor(path)) {
		return nil, &KindError{path, is}
	}
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(data) > limit {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", path, ErrTooLarge, limit)
	}
	return data, err
}

// Check returns a *[KindError] when what is at path now can be read once only, or
// not at all.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if is := kindOf(info.Mode()); is != "" {
		return &KindError{path, is}
	}
	return nil
}

// IsDescriptor reports whether the path names an open file of the process that
// uses it: another file to each process.
func IsDescriptor(path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	switch abs {
	case "/dev/stdin", "/dev/stdout", "/dev/stderr":
		return true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", fmt.Sprintf("/proc/%d/fd/", os.Getpid())} {
		if strings.HasPrefix(abs, dir) {
			return true
		}
	}
	return false
}

// kindOr is the error of a place that cannot be opened since it is no file, as
// a socket cannot; otherwise err.
func kindOr(path string, err error) error {
	if info, failed := os.Stat(path); failed == nil && !errors.Is(err, fs.ErrPermission) {
		if is := kindOf(info.Mode()); is != "" {
			return &KindError{path, is}
		}
	}
	return err
}

// kindOf says what a file is that is none; empty when it is one.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
