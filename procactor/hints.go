package procactor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

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

// headSize is how much of a program is looked at: Linux reads as much of a script,
// and what an ELF file says of itself is mostly within it.
const headSize = 4096

// headOf is the beginning of the file at path; nothing when it cannot be read, or
// is no file.
func headOf(path string) []byte {
	if !isFile(path) { // to open a pipe would wait
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	head, _ := io.ReadAll(io.LimitReader(f, headSize))
	return head
}

// Ends of lines, by the first of a file.
type lineEnd int

const (
	lineFeed   lineEnd = iota
	returnFeed         // CR LF, as on Windows
	returnOnly         // CR, as on a Macintosh before macOS
)

// interpreterIn is what the first line of a script names, empty when it is none,
// and how that line ends: the system takes a CR for a part of it.
func interpreterIn(head []byte) (name string, end lineEnd) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	text, ok := strings.CutPrefix(string(line), "#!")
	fields := strings.Fields(text)
	if !ok || len(fields) == 0 {
		return "", lineFeed
	}
	switch at := strings.IndexByte(text, '\r'); {
	case at < 0:
		return fields[0], lineFeed
	case at == len(text)-1 && len(line) < len(head):
		return fields[0], returnFeed
	}
	return fields[0], returnOnly
}

// hintOfScript says what helps when a script has ended with an error whose first
// line has an argument, as with env, and ends in CR LF: it was started, and its
// interpreter knew nothing to do with such an argument.
func hintOfScript(head []byte) string {
	if name, end := interpreterIn(head); end == returnFeed {
		return fmt.Sprintf("it has Windows line endings (CRLF), and %s has got the CR behind its argument: save it with LF alone (dos2unix)", name)
	}
	return ""
}

// hintOfInterpreter says what helps when a program is there, and something that it
// needs to be started is not.
func hintOfInterpreter(head []byte) string {
	name, end := interpreterIn(head)
	switch loader := loaderIn(head); {
	case end == returnFeed:
		return fmt.Sprintf("it has Windows line endings (CRLF), so that an interpreter called %q is looked for: save it with LF alone (dos2unix)", name+"\r")
	case end == returnOnly:
		return fmt.Sprintf("its lines end in CR alone, so that the whole of it is the first, and an interpreter called %q is looked for: save it with LF (mac2unix)", name+"\r…")
	case name != "":
		return fmt.Sprintf("its first line names the interpreter %s: install that, or name another", name)
	case loader != "":
		return fmt.Sprintf("it needs the loader %s, which is not here, since it was built for another system or C library: build it for this one, or without (statically)", loader)
	}
	return "something that it needs to be started is not there: install that"
}

// hintOfFormat says what helps when the system knows nothing to do with a file
// that begins so.
func hintOfFormat(head []byte) string {
	const wanted = "it is neither a program of this system nor a script that begins with #! and its interpreter"
	switch text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n"); {
	case len(head) == 0:
		return "it is empty, or cannot be read: " + wanted
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return hintOfMachine(head)
	case bytes.HasPrefix(head, []byte("MZ")):
		return "it is a program for Windows: build it for this system"
	case isMachO(head):
		return "it is a program for macOS: build it for this system"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return `it is an archive; a jar is started by java, as in ["java", "-jar", "server.jar"]`
	case !bytes.HasPrefix(head, []byte("#!")) && strings.HasPrefix(text, "#!"):
		return "something stands before its #!, which must be its first two bytes: take it away (a byte-order mark is not seen in editors)"
	case utf8.ValidString(text[:min(len(text), 64)]) || strings.HasPrefix(text, "#"):
		return wanted + ": give it a first line such as #!/bin/sh, or start it by its interpreter"
	}
	return wanted
}

// isMachO reports whether a file begins as programs of macOS do.
func isMachO(head []byte) bool {
	for _, magic := range []string{"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// elfOrder is the byte order of an ELF file whose header is whole; nil when it is
// not one.
func elfOrder(head []byte) binary.ByteOrder {
	if len(head) < 64 || !bytes.HasPrefix(head, []byte("\x7fELF")) {
		return nil
	}
	if head[5] == 2 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// machineOf names what an ELF file is for, as GOARCH does; empty when it is not
// known here.
func machineOf(head []byte, order binary.ByteOrder) string {
	wide := head[4] == 2
	switch order.Uint16(head[18:]) {
	case 3:
		return "386"
	case 62:
		return "amd64"
	case 40:
		return "arm"
	case 183:
		return "arm64"
	case 243:
		if wide {
			return "riscv64"
		}
		return "riscv32"
	case 21:
		if order == binary.LittleEndian {
			return "ppc64le"
		}
		return "ppc64"
	case 22:
		return "s390x"
	case 8:
		return "mips"
	case 258:
		return "loong64"
	}
	return ""
}

// hintOfMachine says why an ELF file does not run here.
func hintOfMachine(head []byte) string {
	order := elfOrder(head)
	if order == nil {
		return "it is cut off: copy it anew"
	}
	const executable, shared = 2, 3
	if kind := order.Uint16(head[16:]); kind != executable && kind != shared {
		return "it is an object file or a dump, and no program: link it, or name the program"
	}
	machine := machineOf(head, order)
	if machine == runtime.GOARCH {
		return "it is damaged, or for another system: build or copy it anew"
	}
	if machine == "" {
		machine = "another machine"
	}
	return fmt.Sprintf("it is a program for %s, and this one runs on %s: build it for that", machine, runtime.GOARCH)
}

// loaderIn is the program that an ELF file wants to be loaded by; empty when there
// is none, or it is too far behind.
func loaderIn(head []byte) string {
	order := elfOrder(head)
	if order == nil || head[4] != 2 { // of 32 bits: nobody has asked
		return ""
	}
	const interp = 3
	at, size, count := order.Uint64(head[32:]), uint64(order.Uint16(head[54:])), uint64(order.Uint16(head[56:]))
	for ; count > 0 && at < uint64(len(head)) && at+56 <= uint64(len(head)); count-- {
		entry := head[at:]
		from, long := order.Uint64(entry[8:]), order.Uint64(entry[32:])
		if order.Uint32(entry) == interp && from < uint64(len(head)) && long <= uint64(len(head))-from {
			return strings.TrimRight(string(head[from:from+long]), "\x00")
		}
		at += max(size, 1)
	}
	return ""
}
