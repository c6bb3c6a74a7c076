package procactortest

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A process that has come, and that has not said yet who it is, does not keep the
// line from being closed. A pool's next villain is one, on a busy machine.
func TestLineIsClosedBeforeAllHaveSaidWhoTheyAre(t *testing.T) {
	t.Parallel()
	for range 20 { // accepted already, or not yet
		l := newLine(t, patience)
		conn, err := net.Dial("tcp", l.addr())
		require.NoError(t, err)
		defer conn.Close() //nolint:errcheck // nothing was written
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
		l.close(t)
		_, err = conn.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotErrorIs(t, err, net.ErrClosed)
	}
}
