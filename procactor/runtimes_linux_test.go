package procactor_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// compiled has a compiler make a program of a source, or skips.
func compiled(t *testing.T, source, name string, command ...string) (program string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skip(command[0] + " is not there")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(source), 0o600))
	program = filepath.Join(dir, "program")
	cmd := exec.Command(command[0], append(command[1:], "-o", program, name)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GO111MODULE=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// interpreted is a line of sh that has an interpreter run a script, or skips.
func interpreted(t *testing.T, before, interpreter, args string) string {
	t.Helper()
	if exec.Command(interpreter, "--version").Run() != nil {
		t.Skip(interpreter + " is not there")
	}
	return before + " exec " + interpreter + " " + args
}

// Real programs, of each runtime whose last words count.
func TestProgramsOutOfMemory(t *testing.T) {
	t.Parallel()
	const limit = "ulimit -v 400000;"
	for name, line := range map[string]func(t *testing.T) string{
		"C++": func(t *testing.T) string {
			return limit + " exec " + compiled(t, `int main() { for (;;) *new char[1 << 20] = 1; }`, "x.cpp", "g++")
		},
		"C in Go": func(t *testing.T) string {
			if _, err := exec.LookPath("gcc"); err != nil {
				t.Skip("gcc is not there")
			}
			const source = "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { C.malloc(1 << 50) }\n"
			return "exec " + compiled(t, source, "x.go", "go", "build")
		},
		"Rust": func(t *testing.T) string {
			return limit + " exec " + compiled(t, `fn main() { let mut v = Vec::new(); loop { v.push(vec![1u8; 1 << 20]); } }`, "x.rs", "rustc")
		},
		"Python": func(t *testing.T) string {
			return interpreted(t, limit, "python3", `-c 'bytearray(1 << 40)'`)
		},
		"Node.js": func(t *testing.T) string {
			return interpreted(t, "", "node", `--max-old-space-size=20 -e 'const l = []; for (;;) l.push(new Array(1000).fill(1))'`)
		},
		"Java": func(t *testing.T) string {
			source := filepath.Join(t.TempDir(), "X.java")
			require.NoError(t, os.WriteFile(source, []byte(`class X { public static void main(String[] a) { long[] l = new long[1 << 30]; } }`), 0o600))
			return interpreted(t, "", "java", "-Xmx20m "+source)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			died := wait(t, "its end", brief(t, newSystem(t), shell(line(t)))).Reason
			assert.True(t, exitOf(t, died).OOM, "%v\n%s", died, exitOf(t, died).Stderr)
			assert.True(t, supervise.CauseOf(died).OOM)
		})
	}
}

// What C code says before it aborts, in a Go program and in one of its own.
func TestAbortsSayWhatTheyWere(t *testing.T) {
	t.Parallel()
	const c = "#include <assert.h>\n#include <stdlib.h>\nstatic void fail(int words) { assert(!words); abort(); }\n"
	const inGo = "package main\n\n/*\n" + c + "*/\nimport \"C\"\n\nimport \"os\"\n\nfunc main() { C.fail(C.int(len(os.Args) - 1)) }\n"
	const inC = c + "int main(int argc, char **argv) { fail(argc - 1); }\n"
	for name, tt := range map[string]struct {
		program      func(t *testing.T) string
		bare, worded string
	}{
		"C":  {func(t *testing.T) string { return compiled(t, inC, "x.c", "gcc") }, `signal 6 \(aborted\)$`, "signal 6 \\(aborted\\): stderr ends \".*Assertion `!words' failed.\"$"},
		"Go": {func(t *testing.T) string { return compiled(t, inGo, "x.go", "go", "build") }, `status 2: SIGABRT: abort$`, "status 2: SIGABRT: abort: .*Assertion `!words' failed.$"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("gcc"); err != nil {
				t.Skip("gcc is not there")
			}
			program := tt.program(t)
			for line, want := range map[string]string{program: tt.bare, program + " words": tt.worded} {
				exit := exitOf(t, procactor.RunDaemon(t.Context(), newSystem(t), shell("exec "+line)))
				assert.Regexp(t, want, exit.Error())
				assert.False(t, exit.OOM)
				assert.False(t, exit.Killed)
			}
		})
	}
}
