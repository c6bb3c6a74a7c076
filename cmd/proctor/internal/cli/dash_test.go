package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTwoDashes(t *testing.T) {
	t.Parallel()
	args := []string{"check", "-json", "--", "-json"}
	assert.Equal(t, []string{"check", "--json", "--", "-json"}, twoDashes(args))
	assert.Equal(t, "-json", args[1], "the caller's are left alone")
}
