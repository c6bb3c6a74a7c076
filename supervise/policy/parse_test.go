package policy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

func TestWhatIsNoFileOfTrees(t *testing.T) {
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	bomb := "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += "x-" + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 10) + "]\n"
	}
	tests := []struct {
		name, file, text, want string
	}{
		{"empty", "f.yaml", "", "f.yaml:1:1: the file is empty; write one document, with the key supervisor"},
		{"only a comment", "f.yaml", "# nothing\n", "f.yaml:1:1: the file is empty; write one document, with the key supervisor"},
		{"null", "f.yaml", "---\n~\n", "f.yaml:1:1: the file is empty; write one document, with the key supervisor"},
		{"empty JSON", "f.json", " \n", "f.json:1:1: the file is empty; write one object, with the key supervisor"},
		{"two documents", "f.yaml", "supervisor: {}\n---\nsupervisor: {}\n", "f.yaml:2:1: a second document begins; use one file for each tree"},
		{"not UTF-8", "f.yaml", "supervisor:\n  # é \xff\n", "f.yaml:2:7: this is no UTF-8; save the file as UTF-8"},
		{"too large", "f.yaml", strings.Repeat("#", 1<<20+1), "f.yaml:1:1: the file is too large; use at most 1 MiB, or several files"},
		{"too deep", "f.yaml", "x-a: " + deep, "f.yaml:1:205: the values are nested too deeply; use at most 200 levels"},
		{"too deep JSON", "f.json", `{"x-a": ` + deep + "}", "f.json:1:208: the values are nested too deeply; use at most 200 levels"},
		{"much too deep", "f.yaml", strings.Repeat("[", 1<<20), "f.yaml:1:10004: this is no YAML: exceeded max depth of 10000; "},
		{"bomb", "f.yaml", bomb + "supervisor: {}", "f.yaml:1:6: the file has too many values, those behind its aliases included; use at most 200000, or several files"},
		{"contains itself", "f.yaml", "x-a: &a\n  b: [*a]\n", "f.yaml:2:7: the anchor \"a\" contains itself; write the inner value out"},
		{"merges itself", "f.yaml", "x-a: &a\n  <<: *a\n", "f.yaml:2:7: the anchor \"a\" contains itself; write the inner value out"},
		{"merges no mapping", "f.yaml", "supervisor:\n  <<: [1]\n", "f.yaml:2:8: what is merged is no mapping; merge an alias of a mapping"},
		{"merges a text", "f.yaml", "supervisor:\n  <<: x\n", "f.yaml:2:7: what is merged is no mapping; merge an alias of a mapping"},
		{"another YAML", "f.yaml", "# a\n%YAML 1.2\n---\nsupervisor: {}\n", "f.yaml:2:1: this version of YAML is not the one that is read here, 1.1; remove the line"},
		{"unknown anchor", "f.yaml", "supervisor: {}\nname: *x\n", "f.yaml:2:8: this is no YAML: unknown anchor 'x' referenced; "},
		{"indentation", "f.yaml", "supervisor:\n  children:\n    - id: a\n   strategy: x\n", "f.yaml:4:"},
		{"colon", "f.yaml", "supervisor:\n  intensity: a: b\n", "f.yaml:2:17: this is no YAML: mapping values are not allowed in this context; "},
		{"tab", "f.yaml", "supervisor:\n\tchildren: []\n", "f.yaml:2:"},
		{"open quote", "f.yaml", "supervisor:\n  strategy: \"one\n\n", "f.yaml:2:16: this is no YAML: found unexpected end of stream; "},
		{"tags", "f.yaml", "supervisor: !!set {}\nname: !secret x\nx-b: !x [1]\n", "f.yaml:1:13: the tag \"!!set\" is not known here; remove it\nf.yaml:2:7: the tag \"!secret\" is not known here; remove it\nf.yaml:3:6: the tag \"!x\" is not known here; remove it"},
		{"list as a key", "f.yaml", "? [a]\n: b\nsupervisor: {}\n", "f.yaml:1:3: a key is no text; write the name of a key"},
		{"lines as a key", "f.yaml", "supervisor: {}\n\"a\\nb\": 1\n", "f.yaml:2:1: a key has several lines; write the name of a key"},
		{"JSON of YAML", "f.json", "{\"supervisor\": {},\n  \"name\": x}", "f.json:2:11: this is no JSON: invalid character 'x' looking for beginning of value; correct it, or give the file the ending .yaml, which allows more"},
		{"cut JSON", "f.JSON", "{\"supervisor\":\n {", "f.JSON:2:2: this is no JSON: unexpected end of JSON input; "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := policy.Parse(tt.file, []byte(tt.text), variables)
			require.Error(t, err)
			if strings.HasSuffix(tt.want, "; ") || strings.HasSuffix(tt.want, ":") {
				assert.Equal(t, tt.want, err.Error()[:min(len(tt.want), len(err.Error()))])
				return
			}
			assert.Equal(t, tt.want, err.Error())
		})
	}
}

func TestErrorsAreFound(t *testing.T) {
	_, err := policy.Parse("f.yaml", []byte("supervisor: {intensity: -1,\n  children: [{id: a}, {id: b, restart: no}]}"), nil)
	var one *policy.Error
	require.ErrorAs(t, err, &one)
	assert.Equal(t, &policy.Error{
		File: "f.yaml", Line: 1, Column: 25, Path: "supervisor.intensity",
		Problem: "intensity is -1, which is negative", Hint: "write a whole number from 0 to 1000000000",
	}, one)
	var all policy.Errors
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 2)
	assert.Equal(t, "supervisor.children[1].restart", all[1].Path)
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	t.Setenv("PROCTOR_TEST_DIR", "/srv")
	f, err := policy.Load(write("good.yaml", "supervisor: {children: [{id: a, command: [x], dir: \"${PROCTOR_TEST_DIR}\"}]}"), policy.Options{})
	require.NoError(t, err)
	got := map[string]policy.Command{}
	_, err = f.Spec(policy.Fill{Command: commands(got)})
	require.NoError(t, err)
	assert.Equal(t, "/srv", got["a"].Dir)

	missing := filepath.Join(dir, "missing.yaml")
	_, err = policy.Load(missing, policy.Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, missing+":1:1: there is no such file; check the name and the directory")
	_, err = policy.Load(dir, policy.Options{})
	require.EqualError(t, err, dir+":1:1: this is a directory; name a file")
	large := write("large.yaml", strings.Repeat("#", 3<<20))
	_, err = policy.Load(large, policy.Options{})
	require.EqualError(t, err, large+":1:1: the file is too large; use at most 1 MiB, or several files")

	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		return // where no mode keeps this user from reading
	}
	secret := write("secret.yaml", "supervisor: {}")
	require.NoError(t, os.Chmod(secret, 0))
	_, err = policy.Load(secret, policy.Options{})
	require.EqualError(t, err, secret+":1:1: the file must not be read; give this user the right to read it")
}

func TestVariablesCannotMakeTheTextsLong(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, text := range map[string]string{
		"variable": "supervisor: {children: [{id: a, command: [" + strings.Repeat("\"${V}\", ", 5) + "]}]}",
		"alias":    "x-a: &a \"" + strings.Repeat("y", 450_000) + "${V}\"\nsupervisor: {children: [{id: a, command: [" + strings.Repeat("*a, ", 8) + "]}]}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Parse("f.yaml", []byte(text), func(string) (string, bool) { return long, true })
			var all policy.Errors
			require.ErrorAs(t, err, &all)
			require.Len(t, all, 1)
			assert.Contains(t, all[0].Problem, "makes the texts of the file too long by its variables")
		})
	}
}

// TestLongTextsCostLittle: aliases repeat a long text for a few bytes, also as
// what is wrong in so many places, and so do variables.
func TestLongTextsCostLittle(t *testing.T) {
	for name, tt := range map[string]struct{ child, want string }{
		"a text":   {"{id: a, command: [*a]}", "the texts of the file are too long, those behind its aliases included"},
		"a key":    {"{id: a, *a : 1}", "the texts of the file are too long, those behind its aliases included"},
		"mistakes": {"{id: a, restart: *a}", "the texts of the file are too long, those behind its aliases included"},
		"variable": {"{id: a, command: [\"${V}\"]}", "makes the texts of the file too long by its variables"},
	} {
		t.Run(name, func(t *testing.T) {
			long := strings.Repeat("x", 400_000)
			text := "x-a: &a " + long + "\nsupervisor: {children: [" + strings.Repeat(tt.child+", ", 2000) + "]}"
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := policy.Parse("f.yaml", []byte(text), func(string) (string, bool) { return long, true })
			runtime.ReadMemStats(&after)
			require.ErrorContains(t, err, tt.want)
			assert.Less(t, len(err.Error()), 1<<20)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20), "bytes")
		})
	}
	_, err := policy.Parse("f.yaml", []byte("supervisor: {strategy: "+strings.Repeat("x", 199)+"éé}"), nil)
	require.ErrorContains(t, err, `strategy is "`+strings.Repeat("x", 199)+`…", which is not known`)
}

func TestNotAllOfTooManyMistakesAreTold(t *testing.T) {
	_, err := policy.Parse("f.yaml", []byte("supervisor: {children: ["+strings.Repeat("1,\n", 2000)+"]}"), nil)
	var all policy.Errors
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 1001)
	assert.Equal(t, "f.yaml:1001:1: there are more mistakes than are told; correct the others first", all[1000].Error())
}

// TestJSONIsReadAsYAMLIs holds the two readers to the same values at the same
// places.
func TestJSONIsReadAsYAMLIs(t *testing.T) {
	for name, text := range map[string]string{
		"one line": `{"supervisor": {"children": [], "intensity": 1e2, "x": [null, true, false, -1, 0.5, "a\tb\u00e9\\", {"y": {}}]}}`,
		"lines":    "{\n  \"a\" : [\n    1,\n    {\"é\": \"ü\", \"b\":2 } ,3\n  ],\n\n  \"c\":\n  {}\n}\n",
		"tabs":     "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t1,\n\t\t\t2 ]\n\t}\n}",
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, policy.Places(t, "f.yaml", text), policy.Places(t, "f.json", text))
		})
	}
}
