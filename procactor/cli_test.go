package procactor_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden compares text with the file, or writes it when PROCTOR_UPDATE is set.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if os.Getenv("PROCTOR_UPDATE") != "" {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), text, "PROCTOR_UPDATE=1 go test ./procactor -run %s", t.Name())
}

// Guarantee(debug): A person can list a program's tasks and run one on JSON without a parent, through the same code as a parent would.
func TestCallByHand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "in.json")
	require.NoError(t, os.WriteFile(file, []byte("\n 12 \n"), 0o600))
	tests := []struct {
		name   string
		args   string // of --proctor-call
		in     string
		code   int
		out    string
		stderr []string // in it
	}{
		{"a number", "square", "12", 0, "144\n", nil},
		{"from a file", "square " + file, "", 0, "144\n", nil},
		{"from a dash", "square -", "12\n", 0, "144\n", nil},
		{"flags anywhere", "--timeout=1m square", "12", 0, "144\n", nil},
		{
			"a struct", "wrap", `{"item":"<a>","count":2,"data":"YWI=","sizes":[1,2],"any":{"x":1}}`, 0,
			`{"item":"<a>","count":2,"price":0,"sent":"0001-01-01T00:00:00Z","labels":null,"inner":` +
				`{"item":"<a>","price":0,"sent":"0001-01-01T00:00:00Z","labels":null,"inner":null,"sizes":[0,0],"data":null,"any":null},` +
				`"sizes":[1,2],"data":"YWI=","any":{"x":1}}` + "\n", nil,
		},
		{"a stream", "count", "4", 0, "0\n1\n2\n3\n", nil},
		{"a stream longer than its window", "pages", "300", 0, strings.Repeat(`"`+page+"\"\n", 300), nil},
		{"an empty stream", "count", "0", 0, "", nil},
		{"a stream that fails", "count", "3", 1, "0\n1\n2\n", []string{"proctor: task count: three is enough\n"}},
		{"its error", "misbehave", `"error"`, 1, "", []string{"proctor: task misbehave: not here: file does not exist\n"}},
		{"its typed error", "fetch", `"bolts"`, 1, "", []string{"proctor: ", "\n" + `{"Item":"bolts","Have":2}` + "\n"}},
		{"bytes are base64", "reverse", `"YWJj"`, 0, `"Y2Jh"` + "\n", nil},
		{"raw bytes", "reverse --proctor-raw", "abc\n", 0, "\ncba", nil},
		{"raw CBOR", "square --proctor-raw", "\x0c", 0, "\x18\x90", nil},
		{"raw items", "count --proctor-raw", "\x03", 1, "\x00\x01\x02", nil},
		{"raw nonsense", "square --proctor-raw", "what?", 2, "", []string{"the input does not decode"}},
		{"of an interface, raw", "greet --proctor-raw", "\x82\x65hello\xa1\x64Name\x63Ada", 0, `"hello Ada"`, nil},
		{"of an interface", "greet", `{"Name":"Ada"}`, 2, "", []string{"does not fit procactor_test.message", "see --proctor-raw"}},
		{"prints", "misbehave", `"print"`, 0, "\"print\"\n", []string{"out\n", "err\n"}},
		{"a child prints", "print", `"child"`, 0, "\"child\"\n", []string{"from Go\n", "the program goes on\n"}},
		{"exits", "misbehave", `"exit"`, 3, "", nil},
		{"panics", "misbehave", `"panic"`, 2, "", []string{"proctor: call 1 of task \"misbehave\" panicked\n", "panic: boom\n", "doWrong"}},
		{"ends its goroutine", "misbehave", `"goexit"`, 2, "", []string{"panic: the task called runtime.Goexit"}},
		{"no JSON for the result", "nowhere", "{}", 3, "", []string{"unsupported type: func()"}},
		{
			"too late", "until --timeout 20ms", "{}", 124, "",
			[]string{"waiting, limited: true", "canceled: context deadline exceeded", "proctor: context deadline exceeded: --timeout 20ms is over"},
		},
		{"the task's own timeout", "impatient", "{}", 124, "", []string{"proctor: context deadline exceeded"}},
		{"another's deadline", "late", `"the database"`, 1, "", []string{"proctor: task late: the database: context deadline exceeded"}},

		{"no such task", "sqare", "1", 2, "", []string{`proctor: there is no task "sqare"; did you mean "square"?`}},
		{"nothing like it", "xylophone", "1", 2, "", []string{`there is no task "xylophone"; there are: square, wrap, tool, fetch,`}},
		{"no task", "", "1", 2, "", []string{"--proctor-call takes the name of a task", "--proctor-help"}},
		{"no such flag", "square --json", "1", 2, "", []string{"--proctor-call has no flag --json"}},
		{"no duration", "square --timeout soon", "1", 2, "", []string{`--timeout takes a duration such as 5s or 2m, not "soon"`}},
		{"no file", "square nowhere.json", "1", 2, "", []string{"nowhere.json: "}},
		{"two files", "square a b", "1", 2, "", []string{`what is "b"?`}},
		{"nothing at all", "square", " \n", 2, "", []string{"stdin:2:1: the input is empty\n", "proctor: task \"square\" takes int, such as 1\n"}},
		{"two values", "square", "1\n2", 2, "", []string{"stdin:2:1: one JSON value is expected, and more follows it"}},
		{"not its type", "square", ` "é" `, 2, "", []string{"stdin:1:2: a string does not fit int"}},
		{"half of it", "wrap", `{"item": "x"`, 2, "", []string{"stdin:1:13: unexpected end of JSON input"}},
		{"a field not its type", "wrap", "{\n \"inner\": {\"inner\": {\"é\": 0,\n  \"item\" : 7}}}", 2, "", []string{"stdin:3:12: field inner.inner.item: a number does not fit string"}},
		{"a slip of the pen", "wrap", "{\n\t\"itme\": \"x\"}", 2, "", []string{"stdin:2:2: unknown field \"itme\"", `procactor_test.parcel, such as {"item":"text","count":1,`}},
		{"not JSON", "wrap", "{item: 1}", 2, "", []string{"stdin:1:2: invalid character 'i'"}},
		{"not UTF-8", "fetch", "\"a\xffb\"", 2, "", []string{"stdin:1:3: not valid UTF-8"}},
		{"too deep", "wrap", `{"any":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", 2, "", []string{"stdin: nested too deep"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := byHand("tasks", tt.in, append([]string{"--proctor-call"}, strings.Fields(tt.args)...)...)
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

func TestListByHand(t *testing.T) {
	t.Parallel()
	table, stderr, code := byHand("tasks", "", "--proctor-list")
	assert.Equal(t, 0, code)
	assert.Empty(t, stderr)
	golden(t, "testdata/by-hand-list.txt", table)

	text, _, code := byHand("tasks", "", "--proctor-list", "--json")
	assert.Equal(t, 0, code)
	golden(t, "testdata/by-hand-list.json", text)
	var tasks []struct {
		Name  string
		Input struct{ Example json.RawMessage }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &tasks))
	for _, task := range tasks {
		if task.Name == "until" || task.Name == "deaf" || task.Input.Example == nil {
			continue // they take it, and do not end
		}
		_, stderr, _ := byHand("tasks", string(task.Input.Example), "--proctor-call", task.Name)
		assert.NotContains(t, stderr, "stdin:", "the example %s for %s", task.Input.Example, task.Name)
	}

	_, stderr, code = byHand("tasks", "", "--proctor-list", "square")
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, `--proctor-list takes no argument "square"`)
}

func TestHelpByHand(t *testing.T) {
	t.Parallel()
	text, _, code := byHand("tasks", "", "--proctor-help")
	assert.Equal(t, 0, code)
	assert.Contains(t, text, "--proctor-call NAME [FILE] [--timeout 5s] [--proctor-raw]")
}

// Only the first argument is looked at, and only when it is one of the flags.
func TestByHandIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"x", "--proctor-list"}, {"--proctor-lists"}, {"-proctor-list"}, {""}} {
		stdout, _, code := byHand("tasks", "", args...)
		assert.Equal(t, 0, code, "%q", args)
		assert.Equal(t, "the program goes on\n", stdout, "%q", args)
	}
}

func TestByHandWithWrongTasks(t *testing.T) {
	t.Parallel()
	_, stderr, code := byHand("twice", "1", "--proctor-call", "square")
	assert.Equal(t, 125, code)
	assert.Contains(t, stderr, `task "square" is given to Main twice`)
	_, stderr, code = byHand("nothing", "1", "--proctor-call", "square")
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, "the program gives none to procactor.Main")
}

func TestByHandSetsUp(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	cmd := cliCommandLine("set-up", "--proctor-call", "square")
	cmd.Env = append(cmd.Env, fileVariable+"="+file)
	cmd.Stdin = strings.NewReader("3")
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, "9\n", string(out))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "up first\ndown first\n", string(text))

	_, stderr, code := byHand("set-up fails", "3", "--proctor-call", "square")
	assert.Equal(t, 3, code)
	assert.Equal(t, "proctor: set-up of the worker: the model file is missing\n", stderr)
	stdout, _, code := byHand("set-up fails", `{"Use":"cat","Stdin":"x"}`, "--proctor-call", "tool")
	assert.Equal(t, 0, code, "a command runs beside the worker, not in it")
	assert.Equal(t, "\"x\"\n", stdout)
	_, _, code = byHand("set-up fails", "", "--proctor-list")
	assert.Equal(t, 0, code, "nothing is set up for the list")
}

// A debugger, strace or perf has one process to look at.
func TestByHandIsOneProcess(t *testing.T) {
	t.Parallel()
	cmd := cliCommandLine("tasks", "--proctor-call", "process")
	cmd.Stdin = strings.NewReader("{}")
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, strconv.Itoa(cmd.Process.Pid)+"\n", string(out))
}

// A worker is its parent's, whatever its arguments are.
func TestWorkerHeedsNoFlags(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--proctor-list", "--proctor-help", "--proctor-call"} {
		works(t, start(t, procactor.Self(flag, "square")))
	}
}
