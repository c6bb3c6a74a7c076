package procactor

import (
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

func TestWantsDebugger(t *testing.T) {
	t.Parallel()
	// This process gave "square" to Main, as its TestMain says.
	tests := []struct {
		value, path string
		self, want  bool
	}{
		{"", "w", true, false},
		{"w", "w", false, true},
		{"top/w", "top/w", false, true},
		{"w", "top/w", false, false},
		{"pool", "pool#1", false, true},
		{"pool", "pool#2", false, false},
		{"pool#2", "pool#2", false, true},
		{"pool#2", "pool#1", false, false},
		{"pool", "pool#10", false, false},
		{"square", "w", true, true},
		{"square", "w", false, false},
		{"square", "pool#1", true, true},
		{"square", "pool#2", true, false},
		{"cube", "w", true, false},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, wantsDebugger(tt.value, tt.path, tt.self), "%+v", tt)
	}
}

func TestMisses(t *testing.T) {
	t.Parallel()
	type tick struct {
		unanswered      uint64
		limitsSuspended bool
	}
	tests := []struct {
		name  string
		limit uint64
		ticks []tick
		want  int // the tick at which it is too many; 0 for never
	}{
		{"never silent", 3, []tick{{0, false}, {1, false}, {0, false}, {2, false}, {0, false}}, 0},
		{"silent", 3, []tick{{0, false}, {1, false}, {2, false}, {3, false}}, 4},
		{"any number", 0, []tick{{100, false}}, 0},
		{"traced", 3, []tick{{1, true}, {2, true}, {3, true}, {4, true}, {50, true}}, 0},
		{"silent after it was let go", 3, []tick{{1, true}, {9, true}, {10, false}, {11, false}, {12, false}}, 5},
		{"answers after it was let go, then is silent", 3, []tick{{9, true}, {0, false}, {1, false}, {2, false}, {3, false}}, 5},
		{"traced late", 3, []tick{{1, false}, {2, false}, {3, true}, {4, false}, {5, false}, {6, false}}, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var m misses
			got := 0
			for i, k := range tt.ticks {
				if got == 0 && m.tooMany(k.unanswered, tt.limit, func() bool { return k.limitsSuspended }) {
					got = i + 1
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
	var m misses
	assert.False(t, m.tooMany(0, 3, func() bool { assert.Fail(t, "it owes nothing: nobody looks"); return false }))
}

func TestDebuggedDeathDoesNotCount(t *testing.T) {
	t.Parallel()
	for _, f := range []osproc.Facts{{Reaped: true, Up: true, Code: 2}, {Reaped: true, Up: true, Code: -1, Signal: syscall.SIGKILL}} {
		assert.Equal(t, osproc.DeathCounted, osproc.Judge(f).Death)
		f.Debugged = true
		assert.Equal(t, osproc.DeathDebugged, osproc.Judge(f).Death)
	}
	assert.False(t, strains(osproc.DeathDebugged))
	assert.False(t, blamable(answer{err: &ExitError{Code: 2}, delivery: actor.Unknown, death: osproc.DeathDebugged}))
}

// A worker that waits for a debugger has its limits suspended before that has come.
func TestDebuggedIsSparedUntraced(t *testing.T) {
	t.Parallel()
	s := &workerLife{child: spawned{running: thisProcess{}}}
	if s.limitsSuspended() {
		t.Skip("somebody traces this test")
	}
	s.worker.debugged = true
	assert.True(t, s.limitsSuspended())
}
