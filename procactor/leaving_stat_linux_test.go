package procactor

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatSaysExiting(t *testing.T) {
	t.Parallel()
	for stat, want := range map[string]bool{
		"12 (w) S 1 12 12 0 -1 4194560 1 2":   false,
		"12 (w) Z 1 12 12 0 -1 4227084 1 2":   true,
		"12 (w) R 1 12 12 0 -1 4 1 2":         true,
		"12 (a) 4 4 4 4 4) S 1 1 1 0 -1 64 1": false,
		"12 (w) R 1 12 12 0 -1 -4 1 2":        false,
		"12 (w) R 1 12 12 0 -1":               false,
		"12 (w) R 1":                          false,
		"":                                    false,
	} {
		assert.Equal(t, want, statSaysExiting(stat), stat)
	}
}
