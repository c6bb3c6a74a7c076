package procactor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// What helps against an error of a start. The reader may have written Go, or a
// policy file, or a script in it: the words are those of all. Nothing of what was
// given is repeated but paths, which whoever hides them knows.

// hintOf says what helps against an error of starting the program at path, which
// is as it was named, or as it was found.
func hintOf(path string, err error) string {
	switch {
	case errors.Is(err, exec.ErrDot):
		return "a program in the working directory is named with a path, such as ./" + path
	case errors.Is(err, syscall.ENOEXEC):
		return hintOfFormat(headOf(path))
	case errors.Is(err, syscall.EISDIR):
		return hintOfDirectory
	case errors.Is(err, fs.ErrPermission):
		return hintOfPermission(path)
	case errors.Is(err, exec.ErrNotFound):
		return hintOfName(path)
	case errors.Is(err, fs.ErrNotExist):
		if head := headOf(path); len(head) > 0 {
			return hintOfInterpreter(head)
		}
		return hintOfName(path)
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of its path is a file, not a directory: check the path"
	case errors.Is(err, syscall.ETXTBSY):
		return "somebody is writing it: start it when it is whole"
	case errors.Is(err, syscall.E2BIG):
		return "its arguments and environment are too long: give it a file"
	case errors.Is(err, syscall.EAGAIN):
		return "this user may have no more processes"
	}
	return ""
}

const (
	hintOfDirectory = "it is a directory: name the program in it"
	noShell         = "no shell reads it: "
	byShell         = `have one do it, as in ["sh", "-c", "cd here && exec server --port 80"]`
)

// hintOfName says what helps when no program is called so.
func hintOfName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	switch hint := hintOfShellText(name); {
	case name == "":
		return "install it, or name it by its path"
	case strings.TrimSpace(name) != name:
		return "there are blanks, or the end of a line, around its name: take them away"
	case strings.ContainsAny(name, "|&;<>`"), strings.Contains(name, "$("), slices.Contains(shellWords(), first):
		return noShell + byShell
	case isCommandLine(name):
		return noShell + `it is one text with blanks, which nobody splits; give the program and each argument as texts of their own, as in ["server", "--port", "80"]`
	case hint != "":
		return hint
	case strings.ContainsAny(name, `/\`) && !filepath.IsAbs(name):
		return "it is not there, seen from the working directory of this process, whatever its own is: install it, or name it by its whole path"
	case strings.ContainsAny(name, `/\`):
		return "it is not there: install it, or name it by its path"
	case isFile("./" + name):
		return "a program in the working directory is named with a path, such as ./" + name
	}
	if at := besidePath(name); at != "" {
		return fmt.Sprintf("%s is there, but may not be executed: make it executable (chmod +x)", at)
	}
	return "install it, or name it by its path"
}

// isCommandLine reports whether a name that is none of a program is one with its
// arguments, rather than one that has blanks.
func isCommandLine(name string) bool {
	at := strings.IndexAny(name, " \t\n")
	if at < 0 {
		return false
	}
	_, err := exec.LookPath(name[:at])
	return err == nil || !strings.ContainsAny(name[:at], `/\`) || strings.Contains(name, " -") || !isDir(filepath.Dir(name))
}

// hintedError is an error of a start with what helps.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() + "; " + e.hint }
func (e *hintedError) Unwrap() error { return e.err }

// hinted is err with what helps, if that is known.
func hinted(path string, err error) error {
	hint := hintOf(path, err)
	if err == nil || hint == "" {
		return err
	}
	return &hintedError{err, hint}
}

// hintOfShellText says what helps against what only a shell makes a path of;
// empty when there is nothing of it.
func hintOfShellText(name string) string {
	switch {
	case strings.HasPrefix(name, "~"):
		return noShell + `only one makes a home directory of "~"; write the whole path, or in a policy file ${HOME}/…`
	case strings.Contains(name, "$"):
		return noShell + "a variable such as $HOME stays as it is; in a policy file write ${HOME}, with braces"
	case strings.ContainsAny(name, `"'`):
		return noShell + "the quotes are a part of the name; leave them out"
	}
	return ""
}

// shellWords are words that shells know, and no program is called.
func shellWords() []string {
	return []string{"cd", "export", "source", ".", "exec", "ulimit", "umask", "eval", "set", "unset", "alias", "trap", "if", "for", "while", "until", "case", "{", "("}
}

// hintOfPermission says what helps when the program at path may not be executed.
func hintOfPermission(path string) string {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "this user may not enter a directory on the way to it: give the right (chmod +x), or move it"
	case err != nil:
	case info.IsDir():
		return hintOfDirectory
	case !info.Mode().IsRegular():
		return "it is no file: name the program"
	case info.Mode().Perm()&0o111 == 0:
		return "make it executable (chmod +x), and readable if it is a script"
	case osproc.OnNoexec(path):
		return "its file system is mounted noexec: move it to another one, or start it by its interpreter"
	}
	if name, _ := interpreterIn(headOf(path)); name != "" {
		if at, err := os.Stat(name); err == nil && (at.IsDir() || at.Mode().Perm()&0o111 == 0) {
			return fmt.Sprintf("its first line names the interpreter %s, which may not be executed: name another", name)
		}
	}
	return "make it executable by this user, and readable if it is a script"
}

// hintOfWorkDir says what is wrong with a working directory, and what helps;
// nothing when it is good. or is what else the reader could do.
func hintOfWorkDir(dir, or string) (hint string, problem error) {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return "", nil
	case err == nil:
		return "name the directory that it is in, or " + or, fmt.Errorf("its working directory %s is a file", dir)
	case errors.Is(err, fs.ErrPermission):
		return "give this user the right (chmod +x), or " + or, fmt.Errorf("its working directory %s may not be entered", dir)
	}
	hint = "make it, or " + or
	if shell := hintOfShellText(dir); shell != "" {
		hint = shell
	}
	return hint, fmt.Errorf("its working directory %s is not there", dir)
}

// besidePath is where a file of that name is on the PATH, none of which may be
// executed; empty when there is none.
func besidePath(name string) string {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if at := filepath.Join(dir, name); dir != "" && isFile(at) {
			return at
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
