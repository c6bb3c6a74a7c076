package live

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSaysHalted(t *testing.T) {
	t.Parallel()
	for stat, want := range map[string]bool{
		"7 (web) T 5 7 7 0 -1":      true,
		"7 (a) S 1 ) T 5 7 7":       true,
		"7 (a b) T 1) S 5 7 7":      false,
		"7 (web) S 5 7 7 0 -1":      false,
		"7 (web) t 5 7 7 0 -1":      false, // a debugger holds it
		"7 (web) T 55 7 7 0 -1":     false, // the number is a stranger's by now
		"7 (web) Z 5 7 7 0 -1":      false,
		"7 (web) T":                 false,
		"":                          false,
		"no process has such a one": false,
	} {
		assert.Equal(t, want, saysHalted(stat, 5), stat)
	}
}
