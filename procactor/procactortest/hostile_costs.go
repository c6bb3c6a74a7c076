package procactortest

import (
	"os"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// MemoryBound returns how many bytes a parent holds at most for a worker, its
// callers' results included, while so many calls and streams run there; see the
// package's documentation.
func MemoryBound(w procactor.Worker, calls, streams int) uint64 {
	l := wire.Limits{MaxFrame: w.MaxFrame, MaxBody: w.MaxBody, Window: w.Window}.OrDefault()
	return 16<<20 + 4*uint64(l.MaxFrame) + 4*uint64(calls)*l.MaxBody + 64*uint64(streams)*uint64(l.Window)
}

// ofTheKit is what the kit's own side of a row may hold at a time.
const ofTheKit = 4 << 20

// watchCosts samples the live heap until the function that it returns is
// called, which asserts that it was within its bound, and that goroutines and
// descriptors are as many as before.
func watchCosts(t *testing.T, trick trick) (check func()) {
	t.Helper()
	base := liveHeap()
	goroutines, descriptors := runtime.NumGoroutine(), openDescriptors()
	stop, most := make(chan struct{}), make(chan uint64, 1)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		peak := base
		for {
			select {
			case <-tick.C:
				peak = max(peak, liveHeap())
			case <-stop:
				most <- peak
				return
			}
		}
	}()
	return func() {
		close(stop)
		peak := <-most
		bound := MemoryBound(tuned(procactor.Worker{}, trick), 1, 1) + ofTheKit
		assert.LessOrEqual(t, peak-base, bound, "bytes that are live at a time")
		comesDown(t, "bytes", liveHeap, base+ofTheKit)
		comesDown(t, "goroutines", runtime.NumGoroutine, goroutines)
		comesDown(t, "descriptors", openDescriptors, descriptors)
		t.Logf("at most %d KiB live, %d KiB are allowed", (peak-base)>>10, bound>>10)
	}
}

// comesDown waits until so many at most are left. It asks on the test's own
// goroutine, which is counted already.
func comesDown[N int | uint64](t *testing.T, what string, now func() N, most N) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for now() > most {
		select {
		case <-tick.C:
		case <-limit.C:
			require.FailNow(t, "too many are left", "%d %s, before there were at most %d", now(), what, most)
		}
	}
}

// liveHeap is what a collection has just found in use.
func liveHeap() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}

// openDescriptors counts them where the system shows them; otherwise it is zero.
func openDescriptors() int {
	if runtime.GOOS == "windows" {
		return 0 // Wine shows the files of the system below it, which has its own for its own ends
	}
	dir, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(dir)
}
