package policy_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

const schemaFile = "policy.schema.json"

func TestSchemaIsCurrent(t *testing.T) {
	got, err := policy.Schema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, got, 0o644))
	}
	want, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), string(got), "go test ./supervise/policy -update writes it")
}

// Guarantee(policy): An editor that uses the JSON Schema of policy files accepts what the loader accepts.
func TestSchemaAndLoaderAgree(t *testing.T) {
	schema := compiled(t)
	for dir, accepts := range map[string]bool{
		"good":   true,
		"bad":    false,
		"unsaid": true, // what a schema cannot say: the loader alone refuses, and each file says why
	} {
		corpus(t, dir, func(t *testing.T, path string, data []byte) {
			v, err := policy.Value(path, data)
			if dir == "unsaid" && err != nil {
				return // no value at all, for a parser
			}
			require.NoError(t, err)
			err = schema.Validate(v)
			assert.Equal(t, accepts, err == nil, "%v", err)
		})
	}
}

// TestEachMistakeIsOneForTheSchema makes one mistake at a time, so that no
// other hides that the schema knows nothing of it.
func TestEachMistakeIsOneForTheSchema(t *testing.T) {
	schema := compiled(t)
	lines, err := os.ReadFile("testdata/single.txt")
	require.NoError(t, err)
	for line := range strings.Lines(string(lines)) {
		line = strings.TrimSpace(line)
		verdict, text, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		_, loadErr := policy.Parse("one.yaml", []byte(text), variables)
		v, err := policy.Value("one.yaml", []byte(text))
		require.NoError(t, err, text)
		schemaErr := schema.Validate(v)
		assert.Equal(t, verdict == "good", loadErr == nil, "%s: %v", text, loadErr)
		assert.Equal(t, verdict == "good", schemaErr == nil, "%s: %v", text, schemaErr)
		if all := policy.Errors(nil); errors.As(loadErr, &all) {
			assert.Len(t, all, 1, "%s: %v", text, loadErr)
		}
	}
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := policy.Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("policy.json", doc))
	schema, err := c.Compile("policy.json")
	require.NoError(t, err)
	return schema
}
