package procactor

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// CommandError says that a command could not be started, or that something of
// this program's kept it from being of use: what it was to read or where it
// was to write.
type CommandError struct {
	Task    string // the task's name; empty when it is a Daemon
	Program string // as the Command or Daemon names it
	Err     error  // what happened
	Mend    string // what to do about it; empty when nothing is known
}

// Error names the task and the program, and says what happened and what helps.
func (e *CommandError) Error() string {
	s := fmt.Sprintf("command %q", e.Program)
	if e.Task != "" {
		s += " of task " + e.Task
	}
	s += fmt.Sprintf(": %v", e.Err)
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

// Unwrap returns what happened.
func (e *CommandError) Unwrap() error { return e.Err }

// mendOf says what helps against an error of starting the program at path.
func mendOf(path string, err error) string {
	switch {
	case errors.Is(err, exec.ErrDot):
		return "a program in the working directory is named with a path, such as ./" + path
	case errors.Is(err, exec.ErrNotFound):
		return "install it, or name it by its path"
	case errors.Is(err, syscall.ENOEXEC):
		return "it is neither a program of this system nor a script that begins with #! and its interpreter"
	case errors.Is(err, fs.ErrPermission):
		return "make it executable, and readable if it is a script"
	case errors.Is(err, fs.ErrNotExist):
		if name := interpreter(path); name != "" {
			return fmt.Sprintf("its first line names the interpreter %s: install that, or name another", name)
		}
		return "it is not there: install it, or name it by its path"
	case errors.Is(err, syscall.E2BIG):
		return "its arguments and environment are too long: give it a file"
	case errors.Is(err, syscall.EAGAIN):
		return "this user may have no more processes"
	}
	return ""
}

// mendOfOutput says what helps against an error of a process that was started.
func mendOfOutput(err error) string {
	if isBodyLimit(err) {
		return "set Command.Stdout or StdoutFile for what is too large to keep, or raise Worker.MaxBody"
	}
	return ""
}

// interpreter is what the first line of a script names; empty when it is none.
func interpreter(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // it was only read
	line, err := bufio.NewReaderSize(f, 256).ReadSlice('\n')
	if err != nil && len(line) == 0 {
		return ""
	}
	name, ok := strings.CutPrefix(string(line), "#!")
	if fields := strings.Fields(name); ok && len(fields) > 0 {
		return fields[0]
	}
	return ""
}
