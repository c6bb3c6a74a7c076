package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/supervise/scenario"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// otp are the traces of Erlang/OTP's supervisor.
const otp = "../../../../supervise/testdata/otp"

// simulated runs the command in this process.
func simulated(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdout: &checked{to: &out}, stderr: &errs}
	root := a.root()
	root.SetArgs(append([]string{"simulate"}, args...))
	root.SetOut(&out)
	root.SetErr(&errs)
	err = root.Execute()
	return out.String(), errs.String(), err
}

// Guarantee(policy): proctor simulate prints the traces of Erlang/OTP's own supervisor, from a scenario and from a policy file with a script.
func TestSimulateIsOTP(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(otp, "scenarios", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	dir := t.TempDir()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		s, err := scenario.Parse(text)
		require.NoError(t, err)
		text, err = os.ReadFile(filepath.Join(otp, "expected", name+".jsonl"))
		require.NoError(t, err)
		want, err := scenario.ParseTrace(text)
		require.NoError(t, err)
		tree, script := split(t, dir, file)
		for _, args := range [][]string{{file}, {"--policy", tree, "--script", script}} {
			out, warnings, err := simulated(t, args...)
			require.NoError(t, err, name)
			assert.Empty(t, warnings, name)
			got, err := scenario.ParseTrace([]byte(out))
			require.NoError(t, err, name)
			assert.NoError(t, scenario.Compare(want, got, s.Unordered), name)
		}
	}
}

// split makes a policy file and a script of a scenario.
func split(t *testing.T, dir, file string) (tree, script string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var whole map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &whole))
	write := func(name string, v any) string {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	tree = write("tree.json", map[string]json.RawMessage{"supervisor": whole["supervisor"]})
	delete(whole, "supervisor")
	return tree, write("script.json", whole)
}

func TestSimulateAPolicy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	tree := write("tree.yaml", "supervisor:\n  strategy: rest_for_one\n  children:\n    - {id: a, command: [a]}\n    - {id: b, shutdown: brutal_kill}\n")
	script := write("script.json", `{"steps": [{"exit": "a"}]}`)
	out, warnings, err := simulated(t, "--policy", tree, "--script", script)
	require.NoError(t, err)
	assert.Equal(t, trace(`{"event":"start","child":"a"}
{"event":"start","child":"b"}
{"event":"boot","result":"ok"}
{"event":"step","step":0}
{"event":"exit","child":"a","reason":"crash"}
{"event":"stop","child":"b","how":"kill"}
{"event":"start","child":"a"}
{"event":"start","child":"b"}
`), trace(out))
	assert.Equal(t, "proctor: warning: "+tree+":4:15: \"command\" is not in OTP, and is left out\n", warnings)

	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"bad step":         {[]string{write("bad.json", `{"supervisor": {}, "steps": [{"exi": "a"}]}`)}, "bad.json: scenario: steps[0]"},
		"no JSON":          {[]string{write("no.json", `{`)}, "no.json: "},
		"no tree":          {[]string{script}, `"supervisor" is missing`},
		"two trees":        {[]string{"--policy", tree, "--script", write("two.json", `{"supervisor": {}}`)}, "two.json: supervisor: "},
		"bad policy":       {[]string{"--policy", write("bad.yaml", "supervisor: {stratgy: x}"), "--script", script}, "bad.yaml:1:14: "},
		"no file":          {[]string{"nothing.json"}, "nothing.json"},
		"what cannot be":   {[]string{write("hang.json", `{"supervisor": {"children": [{"id": "a", "shutdown": "infinity"}]}, "steps": [{"hang_stop": "a"}, {"stop": "shutdown"}]}`)}, "hang.json: scenario: steps[1]"},
		"too many words":   {[]string{script, script}, "one scenario, or --policy FILE and --script SCRIPT"},
		"half of the rest": {[]string{"--policy", tree}, "one scenario, or --policy FILE and --script SCRIPT"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := simulated(t, tt.args...)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// trace is the lines of one.
func trace(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// TestSimulateABoot: the key boot of a policy file is no key of OTP's, and is
// played all the same.
func TestSimulateABoot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	script := write("s.json", `{"setup": [{"fail_starts": "b", "times": 2}], "steps": []}`)
	for boot, want := range map[string]string{"restart": `{"event":"boot","result":"ok"}`, "stop": `{"event":"boot","result":"error:failed_to_start_child","child":"b"}`} {
		tree := write(boot+".yaml", "supervisor: {boot: "+boot+", intensity: 3, children: [{id: a}, {id: b}, {id: c}]}\n")
		out, warnings, err := simulated(t, "--policy", tree, "--script", script)
		require.NoError(t, err)
		assert.Contains(t, out, want)
		assert.Empty(t, warnings)
	}
}
