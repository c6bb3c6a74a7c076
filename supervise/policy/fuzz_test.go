package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// FuzzParse holds that nothing panics, that every error has a position, that a
// file which is good makes a Spec, and that a schema accepts it.
func FuzzParse(f *testing.F) {
	for _, dir := range []string{"good", "bad", "unsaid"} {
		for path, data := range files(f, dir) {
			f.Add(data, strings.HasSuffix(path, ".json"))
		}
	}
	schema := compiled(f)
	f.Fuzz(func(t *testing.T, data []byte, isJSON bool) {
		name := "f.yaml"
		if isJSON {
			name = "f.json"
		}
		positions(t, name, func() error {
			_, _, err := policy.Scenario(name, data)
			return err
		}())
		file, err := policy.Parse(name, data, variables)
		positions(t, name, err)
		if err != nil {
			return
		}
		v, err := policy.Value(name, data)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(v))
		assert.True(t, policy.Diff(file, file).Empty())
		_, err = json.Marshal(file.Tree())
		require.NoError(t, err)
		children := map[string]supervise.ChildSpec{}
		var fill func(n policy.Node)
		fill = func(n policy.Node) {
			if n.Kind == policy.Filled {
				children[n.Path] = filled(n.ID)
			}
			for _, c := range n.Children {
				fill(c)
			}
		}
		fill(file.Tree())
		_, err = file.Spec(policy.Fill{Children: children, Command: commands(map[string]policy.Command{})})
		positions(t, name, err)
	})
}

// positions holds that each error says where it is, in one line.
func positions(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var all policy.Errors
	require.ErrorAs(t, err, &all)
	require.NotEmpty(t, all)
	for _, e := range all {
		assert.Equal(t, name, e.File)
		assert.Positive(t, e.Line)
		assert.Positive(t, e.Column)
		assert.NotEmpty(t, e.Problem)
		assert.NotEmpty(t, e.Hint)
		assert.NotContains(t, e.Error(), "\n")
	}
}
