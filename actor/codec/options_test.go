package codec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// cborModes leaves out the errors because of this.
func TestOptionsAreValid(t *testing.T) {
	t.Parallel()
	_, err := encOptions().UserBufferEncMode()
	require.NoError(t, err)
	for _, l := range []Limits{{}, {Depth: 1}, {Depth: 200}, {Depth: 1 << 30}, {Depth: -1}} {
		_, err = decOptions(l.depth()).DecMode()
		require.NoError(t, err, "%+v", l)
	}
}
