package procactor_test

import (
	"context"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

type squareRef = actor.Ref[int, int]

// Guarantee(memory): Task.On may be written for each call: after the first one of a task on a host it allocates nothing.
func TestOnAllocatesOnce(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, err)
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 1})
	require.NoError(t, err)
	for name, host := range map[string]procactor.Host{"process": p, "pool": pool, "by path": procactor.HostAt(sys, "pool")} {
		t.Run(name, func(t *testing.T) {
			tasks := []procactor.Task[int, int]{square}
			for range 40 {
				tasks = append(tasks, square.WithTimeout(time.Hour))
			}
			var ref squareRef
			all := func() {
				for _, task := range tasks {
					ref = task.On(host)
				}
			}
			all()
			assert.Zero(t, testing.AllocsPerRun(100, all))
			got, err := ref.Call(t.Context(), 7)
			require.NoError(t, err)
			assert.Equal(t, 49, got)
		})
	}
}

// What a host keeps of tasks is bounded, however many are derived.
func TestTasksOfAHostAreBounded(t *testing.T) {
	p := start(t, procactor.Self())
	first := square.On(p).Target()
	before := heap()
	for i := range 100_000 {
		square.WithTimeout(time.Hour + time.Duration(i)).On(p)
	}
	assert.LessOrEqual(t, procactor.Kept(p), 257)
	assert.Less(t, heap(), before+8<<20, "each would be 400 bytes and more")
	assert.Same(t, first, square.On(p).Target(), "the first stays")
	works(t, p)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // of what pools hold
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Each With method makes another task: its Ref is not that of the first.
func TestDerivedTasksAreOthers(t *testing.T) {
	p := start(t, procactor.Self())
	derived := map[string]procactor.Task[int, int]{
		"WithCodec":   square.WithCodec(nil, nil),
		"WithErrors":  square.WithErrors(nil),
		"Idempotent":  square.Idempotent(),
		"Concurrent":  square.Concurrent(1),
		"WithTimeout": square.WithTimeout(0),
		"WithKey":     square.WithKey(nil),
	}
	seen := map[any]string{square.On(p).Target(): "square"}
	for name, task := range derived {
		target := task.On(p).Target()
		assert.Empty(t, seen[target], name)
		seen[target] = name
		assert.Same(t, target, task.On(p).Target())
	}
	typ := reflect.TypeFor[procactor.Task[int, int]]()
	for i := range typ.NumMethod() {
		if m := typ.Method(i); m.Type.NumOut() == 1 && m.Type.Out(0) == typ {
			assert.Contains(t, derived, m.Name)
		}
	}
}

// The zero Task, and one on no host, have nothing that could be kept.
func TestOnOfNothing(t *testing.T) {
	p := start(t, procactor.Self())
	_, err := (procactor.Task[int, int]{}).On(p).Call(context.Background(), 1)
	failed(t, err, actor.NotSent)
	_, err = square.On(nil).Call(t.Context(), 1)
	require.ErrorIs(t, err, actor.ErrNoActor)
	assert.Zero(t, procactor.Kept(p))
}
