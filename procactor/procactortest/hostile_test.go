package procactortest_test

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
	"github.com/stretchr/testify/assert"
)

func TestMain(m *testing.M) {
	playAloof()
	procactortest.PlayVillain()
	procactor.Main()
	os.Exit(m.Run())
}

func TestTricksHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	does := procactortest.HostileTricks()
	assert.Greater(t, len(does), 100)
	for name, what := range does {
		assert.NotEmpty(t, what, name)
	}
}

func TestMemoryBound(t *testing.T) {
	t.Parallel()
	w := procactor.Worker{MaxFrame: 1 << 20, MaxBody: 2 << 20, Window: 1 << 10}
	assert.Equal(t, uint64(16<<20+4<<20+3*8<<20+2*64<<10), procactortest.MemoryBound(w, 3, 2))
	assert.Equal(t, procactortest.MemoryBound(procactor.Self(), 1, 0), uint64(16<<20+4<<20+4*256<<20), "the documented defaults")
}
