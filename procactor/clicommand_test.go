package procactor_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inEmptyDir has the program make its private directories in an empty one,
// which it must leave empty.
func inEmptyDir(t *testing.T, env []string) []string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, left, "private directories are left")
	})
	return append(env, "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir)
}

// Guarantee(debug): A person can run a command task without a parent, through the same code path as on a host of commands, and nothing of its process is left behind.
func TestCommandByHand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		args   string // of --proctor-call
		in     string
		code   int
		out    string
		stderr []string // in it
	}{
		{"its parsed output", "tool", `{"Use":"cat","Stdin":"a\"b"}`, 0, `"a\"b"` + "\n", nil},
		{"raw CBOR", "tool --proctor-raw", "\xa2\x63Use\x63cat\x65Stdin\x61x", 0, "\x61x", nil},
		{"raw nonsense", "tool --proctor-raw", "what?", 2, "", []string{"proctor: the input does not decode: "}},
		{"a slip of the pen", "tool", `{"Using":"cat"}`, 2, "", []string{`stdin:1:2: unknown field "Using"`, `task "tool" takes procactor_test.chore, such as {"Use":"text"`}},
		{"build prints", "tool", `{"Use":"print"}`, 0, "\"\"\n", []string{"from build\n"}},
		{"a typed error", "tool", `{"Use":"exit 4"}`, 1, "", []string{"this is the end\n", "proctor: the tool: only 4 of exit code\n" + `{"Item":"exit code","Have":4}` + "\n"}},
		{"an error of build", "tool", `{"Use":"refuse"}`, 1, "", []string{"proctor: refused: key \"refuse\", attempt 1\n"}},
		{"another's deadline", "tool", `{"Use":"late"}`, 1, "", []string{"proctor: the database: context deadline exceeded\n"}},
		{"no such program", "tool", `{"Use":"missing"}`, 3, "", []string{"proctor: command \"no-such-program-anywhere\" of task tool: ", "install it"}},
		{"too late", "tool --timeout 20ms", `{"Use":"wait"}`, 124, "", []string{"proctor: context deadline exceeded"}},
		{"the task's own timeout", "brief", `{"Use":"wait"}`, 124, "", []string{"proctor: context deadline exceeded"}},
		{"build panics", "tool", `{"Use":"panic"}`, 2, "", []string{"panic: boom\n", "handTool"}},
		{"build ends its goroutine", "tool", `{"Use":"goexit"}`, 2, "", []string{"panic: the task called runtime.Goexit"}},
		{"a wrong name", "tol", "1", 2, "", []string{`proctor: there is no task "tol"; did you mean "tool"?`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := cliCommandLine("tasks", append([]string{"--proctor-call"}, strings.Fields(tt.args)...)...)
			cmd.Env = inEmptyDir(t, cmd.Env)
			stdout, stderr, code := runByHand(cmd, tt.in)
			assert.Equal(t, tt.code, code)
			assert.Equal(t, tt.out, stdout)
			for _, text := range tt.stderr {
				assert.Contains(t, stderr, text)
			}
			if tt.code == 0 && tt.stderr == nil {
				assert.Empty(t, stderr)
			}
		})
	}
}
