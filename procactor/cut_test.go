package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// inSession runs a session once, with real processes.
func inSession(t *testing.T, at point, f fate, tune func(*procactor.Worker)) *trial {
	t.Helper()
	place, err := os.MkdirTemp("", "session") //nolint:usetesting // that would be kept for thousands of runs
	if err != nil {
		t.Error(err)
	}
	defer func() {
		for _, mark := range []string{"a", "b", "."} { // it holds nothing else
			if err := os.Remove(filepath.Join(place, mark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
		}
	}()
	ctx, cancel := context.WithTimeoutCause(context.Background(), 5*time.Minute, fmt.Errorf("the test hangs"))
	defer cancel()
	// A context with a deadline would have each REQUEST carry what remains of it.
	r := &run{session: at.session, ctx: timeless{ctx}, wire: newWiretap(at.dir, at.byte, f), marks: marksIn(place)}
	r.wire.plain = at.plain
	w := at.session.real(place, r.wire)
	if tune != nil {
		tune(&w)
	}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	r.course(sys, w)
	if err := sys.Close(ctx); err != nil {
		t.Error(err)
	}
	c := &trial{run: r, point: at, fate: f}
	c.judge()
	c.claim(ctx.Err() == nil, "it hung")
	return c
}

// timeless is a context that ends and does not say when.
type timeless struct{ context.Context }

func (timeless) Deadline() (time.Time, bool) { return time.Time{}, false }

// recorded is what passes in each direction of a whole session.
func recorded(t *testing.T, s session) (lengths [3]int, whole *trial) {
	t.Helper()
	whole = inSession(t, point{session: s}, cut, nil)
	require.Empty(t, whole.wrong, "%v", whole)
	require.NoError(t, whole.startErr)
	_, to, _ := whole.wire.toWorker.bytes()
	_, from, _ := whole.wire.toParent.bytes()
	require.Less(t, len(to)+len(from), 4<<10, "a session is short")
	return [3]int{toWorker: len(to), toParent: len(from)}, whole
}

// point is where a wire is broken.
type point struct {
	session session
	dir     direction
	byte    int
	plain   bool // through a Worker.Channel that is no pipe
}

// Guarantee(crash): A wire cut at any byte, in either direction, ends every call exactly once, with the error and Delivery that match that byte, and leaves nothing behind.
func TestCutAtEveryByte(t *testing.T) {
	recorded(t, sessions()[0]) // opens what the runtime opens once
	before, known := leftNow(), goleak.IgnoreCurrent()
	var points []point
	cuts := map[direction]map[wire.Kind]bool{toWorker: {}, toParent: {}}
	for _, s := range sessions() {
		lengths, whole := recorded(t, s)
		t.Logf("%s: %d bytes to the worker %v, %d to the parent %v", s.name, lengths[toWorker], whole.got.kinds, lengths[toParent], whole.told.kinds)
		for _, k := range whole.got.kinds {
			cuts[toWorker][k] = true
		}
		for _, k := range whole.told.kinds {
			cuts[toParent][k] = true
		}
		for _, dir := range []direction{toWorker, toParent} {
			for n := range lengths[dir] + 1 {
				points = append(points, point{s, dir, n, false})
				if n%16 == 0 {
					points = append(points, point{s, dir, n, true})
				}
			}
		}
	}
	for _, k := range []wire.Kind{wire.KindHello, wire.KindRequest, wire.KindChunk, wire.KindCancel, wire.KindCredit, wire.KindPing, wire.KindStop} {
		assert.True(t, cuts[toWorker][k], "no session has a %s", k)
	}
	for _, k := range []wire.Kind{
		wire.KindHello, wire.KindReady, wire.KindStarted, wire.KindReply, wire.KindChunk,
		wire.KindItem, wire.KindEnd, wire.KindError, wire.KindPong,
	} {
		assert.True(t, cuts[toParent][k], "no session has a %s", k)
	}
	points = scale.Sample(t, 200, points)
	var judged verdicts
	atOnce(points, func(p point) {
		judged.report(t, inSession(t, p, cut, nil))
	})
	t.Logf("%d cuts", len(points))
	require.NoError(t, goleak.Find(known))
	assert.Equal(t, before, leftNow(), "descriptors and processes, before and after")
}

// verdicts reports trials, and not thousands of one mistake.
type verdicts struct{ wrong atomic.Int32 }

func (v *verdicts) report(t *testing.T, c *trial) {
	t.Helper()
	const enough = 20
	if len(c.wrong) > 0 && v.wrong.Add(1) <= enough {
		t.Errorf("%v", c)
	}
}

// atOnce does f for each, several at a time: most of a run is waiting.
func atOnce[T any](all []T, f func(T)) {
	var running sync.WaitGroup
	next := make(chan T)
	for range trialsAtOnce {
		running.Go(func() {
			for v := range next {
				f(v)
			}
		})
	}
	for _, v := range all {
		next <- v
	}
	close(next)
	running.Wait()
}

// leftNow counts what runs may leave, as far as this system tells.
func leftNow() string {
	if runtime.GOOS != "linux" {
		return "" // and not what Wine shows of the system below it
	}
	fds, _ := filepath.Glob("/proc/self/fd/*")
	return strconv.Itoa(len(fds)) + " descriptors, processes " + fmt.Sprint(childProcesses())
}
