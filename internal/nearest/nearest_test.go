package nearest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSuggestions(t *testing.T) {
	names := []string{"strategy", "intensity", "period", "env", "dir"}
	for wrong, want := range map[string]string{
		"stratgy": "strategy", "Strategy": "strategy", "intenstiy": "intensity", "envs": "env", "en": "env",
		"directory": "", "x": "", "": "", "priod": "period", "periodically": "",
	} {
		assert.Equal(t, want, To(wrong, names), wrong)
	}
	assert.Equal(t, "auto_shutdown", To("auto-shutdown", []string{"auto_shutdown"}))
	assert.Equal(t, "web-1", To("Web-2", []string{"db-1", "web-1"}))
	assert.Equal(t, 1, distance("ab", "ba"), "swapped")
	assert.Equal(t, 3, distance("kitten", "sitting"))
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"sqare", "square", 1},
		{"kitten", "sitting", 3},
		{"cuont", "count", 1}, // two that changed places
	} {
		assert.Equal(t, tt.want, distance(tt.a, tt.b), "%s to %s", tt.a, tt.b)
		assert.Equal(t, tt.want, distance(tt.b, tt.a), "%s to %s", tt.b, tt.a)
	}
}
