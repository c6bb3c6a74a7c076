package procactor_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bounds that a stalled worker meets, as Worker has them by default.
const (
	startBound = 30 * time.Second
	stallBound = 3 * time.Minute // all of them, one after the other, for two calls and the stop
)

// inBubble runs a session once, with a worker that is no process, in virtual
// time. A goroutine that is left hangs it, and that is told by the bubble.
func inBubble(t *testing.T, at point, f fate, timeout time.Duration) (c *trial) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		marks := map[string]int{}
		// Pings go on for ever, so that a bubble in which nothing else ends is not
		// told from one that works.
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		r := &run{
			session: at.session, ctx: timeless{ctx}, timeout: timeout, wire: newWiretap(at.dir, at.byte, f),
			marks: func(name string) int {
				mu.Lock()
				defer mu.Unlock()
				return marks[name]
			},
		}
		tasks := sessionTasks(at.session.tasks, func(name string) error {
			mu.Lock()
			defer mu.Unlock()
			marks[name]++
			return nil
		})
		began := time.Now()
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
		r.course(sys, procactor.Inside(r.wire.dial, at.session.piece, tasks...))
		took := time.Since(began)
		require.NoError(t, sys.Close(context.Background()))
		synctest.Wait() // marks are made by goroutines that outlive a killed process that is none
		c = &trial{run: r, point: at, fate: f}
		c.judge()
		c.claim(took <= stallBound, "it took %v", took)
		if r.startErr != nil {
			c.claim(took >= startBound && took <= startBound+5*time.Second, "the start took %v", took)
		}
	})
	return c
}

// Guarantee(hang): A wire that stalls at any byte, in either direction, holds nobody up: calls end at their deadlines, and a bound on its start, silence or grace ends the worker.
func TestStallAtEveryByte(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{0, 3 * time.Second} {
		for _, s := range sessions() {
			t.Run(fmt.Sprintf("%s, deadline %v", s.name, timeout), func(t *testing.T) {
				t.Parallel()
				var judged verdicts
				whole := inBubble(t, point{session: s}, cut, timeout)
				require.Empty(t, whole.wrong, "%v", whole)
				require.NoError(t, whole.startErr)
				_, to, _ := whole.wire.toWorker.bytes()
				_, from, _ := whole.wire.toParent.bytes()
				type stalling struct {
					point
					fate
				}
				var all []stalling
				for _, f := range []fate{stall, swallow} {
					for dir, n := range map[direction]int{toWorker: len(to), toParent: len(from)} {
						for i := range n {
							all = append(all, stalling{point{session: s, dir: dir, byte: i}, f})
						}
					}
				}
				for _, at := range scale.Sample(t, 70, all) {
					c := inBubble(t, at.point, at.fate, timeout)
					c.claim(c.ended, "the wire did not stall")
					judged.report(t, c)
				}
			})
		}
	}
}

// inEach returns, for each kind of frame that passes in the direction, a byte
// within the first of them.
func inEach(stream []byte) map[wire.Kind]int {
	first := map[wire.Kind]int{}
	for at := 0; at+wire.HeaderSize <= len(stream); {
		h, err := wire.ParseHeader(stream[at:])
		if err != nil {
			return first
		}
		size := wire.HeaderSize + int(h.Length)
		if _, known := first[h.Kind]; !known {
			first[h.Kind] = at + size/2
		}
		at += size
	}
	return first
}

// The same with real workers and real time, within one frame of each kind.
func TestStallOfRealWorkers(t *testing.T) {
	t.Parallel()
	stalled := map[direction]map[wire.Kind]point{toWorker: {}, toParent: {}}
	for _, s := range sessions() {
		_, whole := recorded(t, s)
		_, to, _ := whole.wire.toWorker.bytes()
		_, from, _ := whole.wire.toParent.bytes()
		for dir, stream := range map[direction][]byte{toWorker: to, toParent: from} {
			for kind, at := range inEach(stream) {
				if _, known := stalled[dir][kind]; known {
					continue
				}
				stalled[dir][kind] = point{session: s, dir: dir, byte: at}
			}
		}
	}
	assert.Len(t, stalled[toWorker], 7, "HELLO, REQUEST, CHUNK, CANCEL, CREDIT, PING, STOP")
	assert.Len(t, stalled[toParent], 9, "HELLO, READY, STARTED, REPLY, CHUNK, ITEM, END, ERROR, PONG")
	type stalling struct {
		point
		kind wire.Kind
	}
	var all []stalling
	for _, kinds := range stalled {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			all = append(all, stalling{kinds[kind], kind})
		}
	}
	var judged verdicts
	atOnce(all, func(at stalling) {
		c := inSession(t, at.point, stall, func(w *procactor.Worker) {
			// A slow machine must come to the byte before the bound.
			w.Silence, w.Grace = 3*time.Second, 500*time.Millisecond
			if at.kind == wire.KindHello || at.kind == wire.KindReady { // elsewhere it may start slowly
				w.StartTimeout = 10 * time.Second
			}
		})
		c.claim(c.ended, "the wire did not stall")
		judged.report(t, c)
	})
}
