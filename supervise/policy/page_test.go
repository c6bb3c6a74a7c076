package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/policy"
)

// The page for readers has every key that the decoder takes, with the text that
// the schema has for editors.
func TestPageOfKeysIsCurrent(t *testing.T) {
	const begin, end = "<!-- keys:begin -->\n", "<!-- keys:end -->"
	path := filepath.Join("..", "..", "docs", "policy.md")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	page := strings.ReplaceAll(string(data), "\r\n", "\n")
	before, rest, ok := strings.Cut(page, begin)
	require.True(t, ok, begin)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok, end)
	want := before + begin + keysForReaders() + end + after
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, page, "go test ./supervise/policy -update writes it")
}

// The example of the page is good.
func TestPageExampleLoads(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy.md"))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n```yaml\n")
	require.True(t, ok)
	example, _, ok := strings.Cut(rest, "```\n")
	require.True(t, ok)
	_, err = policy.Parse("shop.yaml", []byte(example), variables)
	require.NoError(t, err)
}

// keysForReaders is a table for each kind of object.
func keysForReaders() string {
	objects := policy.DescribedObjects()
	anchors := map[string]string{}
	for _, o := range objects {
		anchors[o.Ref] = strings.ReplaceAll(o.Name, " ", "-")
	}
	ref := regexp.MustCompile(`#(\w+)`)
	var b strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&b, "\n### %s\n\n| key | value | what it says |\n|---|---|---|\n", strings.ToUpper(o.Name[:1])+o.Name[1:])
		for _, k := range o.Keys {
			value := ref.ReplaceAllStringFunc(k.Value, func(found string) string {
				return fmt.Sprintf("[%s](#%s)", found[1:], anchors[found[1:]])
			})
			if k.Required {
				value += ", required"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, value, strings.ReplaceAll(k.Doc, "|", `\|`))
		}
	}
	return b.String() + "\n"
}
