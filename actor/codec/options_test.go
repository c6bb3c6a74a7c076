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
	_, err = decOptions().DecMode()
	require.NoError(t, err)
}
