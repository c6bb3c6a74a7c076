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
