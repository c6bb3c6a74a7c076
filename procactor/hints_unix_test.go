//go:build unix

package procactor_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elf is the header of a 64-bit program for a machine, which wants a loader.
func elf(machine uint16, loader string) string {
	b := make([]byte, 64+56)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(b[16:], 2)
	le.PutUint16(b[18:], machine)
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[32:], 64)
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 1)
	le.PutUint32(b[64:], 3)
	le.PutUint64(b[64+8:], uint64(len(b)))
	le.PutUint64(b[64+32:], uint64(len(loader)+1))
	return string(b) + loader + "\x00"
}

// A hint is about the mistake that was made, in the words of whoever made it: nobody
// is told to install what is there, or of fields of Go that a policy file has not.
func TestHintsOfAStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o700))
	t.Setenv("PATH", dir+"/bin:"+os.Getenv("PATH"))
	file("bin/unexecutable-anywhere", "#!/bin/sh\n", 0o600)
	file("with blank/other", "", 0o600)
	for name, tt := range map[string]struct {
		program, want string
	}{
		"a script of CRs":          {file("cr", "#!/bin/sh\recho x\r", 0o700), "its lines end in CR alone"},
		"a CRLF script":            {file("crlf", "#!/bin/sh\r\necho x\r\n", 0o700), `Windows line endings (CRLF), so that an interpreter called "/bin/sh\r" is looked for`},
		"no interpreter":           {file("nobody", "#!/no/such/sh -e\n", 0o700), "names the interpreter /no/such/sh: install that"},
		"an interpreter, a folder": {file("folder", "#!/tmp\n", 0o700), "the interpreter /tmp, which may not be executed"},
		"no first line":            {file("plain", "echo x\n", 0o700), "give it a first line such as #!/bin/sh"},
		"a mark before it":         {file("bom", "\ufeff#!/bin/sh\n", 0o700), "something stands before its #!"},
		"a line before it":         {file("late", "\n#!/bin/sh\n", 0o700), "something stands before its #!"},
		"empty":                    {file("empty", "", 0o700), "it is empty"},
		"for Windows":              {file("exe", "MZ\x90\x00", 0o700), "it is a program for Windows"},
		"for macOS":                {file("macho", "\xcf\xfa\xed\xfe\x0c\x00\x00\x01", 0o700), "it is a program for macOS"},
		"a jar":                    {file("jar", "PK\x03\x04\x14\x00", 0o700), `["java", "-jar", "server.jar"]`},
		"another machine":          {file("s390x", elf(22, "/lib/ld64.so.1"), 0o700), "it is a program for s390x, and this one runs on "},
		"an object":                {file("object.o", strings.Replace(elf(22, ""), "\x02\x00\x16", "\x01\x00\x16", 1), 0o700), "an object file"},
		"not executable":           {file("mode", "#!/bin/sh\n", 0o600), "make it executable (chmod +x)"},
		"not executable, on PATH":  {"unexecutable-anywhere", dir + "/bin/unexecutable-anywhere is there, but may not be executed"},
		"a directory":              {dir, "it is a directory: name the program in it"},
		"a pipe":                   {filepath.Join(dir, "pipe"), "it is no file"},
		"below a file":             {filepath.Join(dir, "mode", "prog"), "a part of its path is a file"},
		"one text":                 {"redis-server --port 6380", `give the program and each argument as texts of their own`},
		"one text, a path":         {"/bin/sh -c true", `as texts of their own`},
		"one text, two words":      {"python app.py", `as texts of their own`},
		"a name with a blank":      {filepath.Join(dir, "with blank", "none"), "it is not there: install it"},
		"a home directory":         {"~/bin/x", `only one makes a home directory of "~"`},
		"another's home":           {"~app/bin/x", `or in a policy file ${HOME}/`},
		"a variable":               {"$HOME/bin/x", "in a policy file write ${HOME}, with braces"},
		"quotes":                   {`"sh"`, "the quotes are a part of the name"},
		"and":                      {"cd /srv && ./server", `["sh", "-c", "cd here && exec server --port 80"]`},
		"a pipeline":               {"server|logger", `["sh", "-c"`},
		"a redirection":            {"server >log", `["sh", "-c"`},
		"a word of the shell":      {"ulimit", `["sh", "-c"`},
		"an end of line":           {"sh\n", "take them away"},
		"a relative path":          {"bin/nothing", "seen from the working directory of this process"},
		"nothing of this":          {"no-such-program-anywhere", "install it, or name it by its path"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", procactor.Daemon{Args: []string{tt.program}})
			c := commandErrorOf(t, err)
			assert.Contains(t, c.Hint, tt.want, "%v", c.Err)
			if !strings.Contains(tt.want, "install it") && !strings.Contains(tt.want, "seen from") {
				assert.NotContains(t, c.Hint, "install it")
			}
		})
	}
	for name, tt := range map[string]struct{ dir, problem, hint string }{
		"nothing": {filepath.Join(dir, "none"), "is not there", "make it, or name another"},
		"a file":  {filepath.Join(dir, "mode"), "is a file", "name the directory that it is in, or name another"},
		"a home":  {"~/srv", "is not there", `only one makes a home directory of "~"`},
		"a var":   {"$HOME/srv", "is not there", "in a policy file write ${HOME}"},
	} {
		t.Run("directory/"+name, func(t *testing.T) {
			_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", procactor.Daemon{Args: []string{"sh"}, Dir: tt.dir})
			c := commandErrorOf(t, err)
			assert.Contains(t, c.Err.Error(), tt.problem)
			assert.Contains(t, c.Hint, tt.hint)
			assert.NotContains(t, err.Error(), "Daemon.")
		})
	}
	_, err := procactor.Start(t.Context(), newSystem(t), "w", procactor.Program(filepath.Join(dir, "crlf")))
	require.ErrorContains(t, err, "Windows line endings", "a worker is a program, too")
	_, err = procactor.Start(t.Context(), newSystem(t), "w", procactor.Program("worker --fast"))
	require.ErrorContains(t, err, "texts of their own")
}

// A script whose first line has an argument can be started with Windows line
// ends, and its interpreter then says something else.
func TestHintOfAScriptThatEnds(t *testing.T) {
	for text, want := range map[string]bool{
		"#!/usr/bin/env sh\r\nexit 3\r\n": true,
		"#!/bin/sh -e\r\nexit 3\r\n":      true,
		"#!/bin/sh -e\nexit 3\n":          false,
	} {
		path := filepath.Join(t.TempDir(), "script")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o700))
		err := procactor.RunDaemon(t.Context(), newSystem(t), procactor.Daemon{Args: []string{path}})
		require.Error(t, err)
		assert.Equal(t, want, strings.HasSuffix(err.Error(), "save it with LF alone (dos2unix)"), "%q: %v", text, err)
	}
}
