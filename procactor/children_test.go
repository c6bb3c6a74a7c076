package procactor_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Guarantee(orphans): What a worker started in its process group ends with it, and no zombie is left.
func TestChildrenEndWithTheirWorker(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"killed", "stopped"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			p := begin(t, quietSystem(t), "w", quick())
			s, err := act.On(p).Call(t.Context(), deed{Do: "pid"})
			pid := pidOf(t, s, err)
			s, err = act.On(p).Call(t.Context(), deed{Do: "child"})
			child := pidOf(t, s, err)
			down := act.On(p).Watch(t.Context())
			if end == "killed" {
				killProcess(t, pid)
			} else {
				require.NoError(t, p.Stop(t.Context()))
			}
			<-down
			_, err = os.Stat(filepath.Join(procDir, strconv.Itoa(pid)))
			require.ErrorIs(t, err, os.ErrNotExist, "it was reaped, where that can be seen")
			requireGone(t, child)
		})
	}
}
