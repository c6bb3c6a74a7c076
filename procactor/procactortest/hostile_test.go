package procactortest_test

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
)

func TestMain(m *testing.M) {
	procactortest.PlayVillain()
	procactor.Main()
	os.Exit(m.Run())
}

func TestHostileProcess(t *testing.T) {
	procactortest.RunHostile(t, procactortest.HostileFixture{})
}
