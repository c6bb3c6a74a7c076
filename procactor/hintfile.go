package procactor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

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
