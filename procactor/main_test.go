package procactor_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
	"go.uber.org/goleak"
)

// TestMain makes the test binary its own worker, and, by a variable, any of the
// odd programs that the tests of starting need.
func TestMain(m *testing.M) {
	procactortest.PlayVillain()
	playPart()
	playByHand()
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	procactor.Main(slices.Concat(tasks(), tasksB(), tasksOfDelivery(), valueTasks(), tooLongTasks(), []procactor.MainOption{burn})...)
	// A program under the race detector waits a second before it exits, for
	// reports: too long for each of our workers.
	_ = os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	flag.Parse()
	manyAtOnce()
	os.Exit(verify(m.Run()))
}

// manyAtOnce has more tests run at once than there are processors, unless the
// command line says how many: most of them only wait. Under the race detector they
// compute.
func manyAtOnce() {
	chosen := raceEnabled
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if chosen || testsAtOnce <= runtime.GOMAXPROCS(0) {
		return
	}
	if err := flag.Set("test.parallel", strconv.Itoa(testsAtOnce)); err != nil {
		panic(err)
	}
}

// verify fails a run that leaves a goroutine or a process.
func verify(code int) int {
	if code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		code = 1
	}
	if left := childProcesses(); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "processes are left:", left)
		code = 1
	}
	return code
}
