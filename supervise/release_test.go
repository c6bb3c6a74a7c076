package supervise_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// captured is something large that a StartFunc has captured.
type captured struct{ bytes [1 << 16]byte }

// capturing is a child whose StartFunc has captured something; freed is closed
// when nobody holds that any more. What it starts has not captured it.
func capturing(id string, restart supervise.Restart) (spec supervise.ChildSpec, freed <-chan struct{}) {
	large, done := &captured{}, make(chan struct{})
	runtime.AddCleanup(large, func(done chan struct{}) { close(done) }, done)
	spec = idle(id)
	start := spec.Start
	spec.Restart = restart
	spec.Start = func(ctx context.Context, at *actor.Slot) error {
		large.bytes[0]++
		return start(ctx, at)
	}
	return spec, done
}

func isFree(freed <-chan struct{}) bool {
	runtime.GC()
	select {
	case <-freed:
		return true
	default:
		return false
	}
}

func requireFree(t *testing.T, freed <-chan struct{}) {
	t.Helper()
	require.Eventually(t, func() bool { return isFree(freed) }, time.Minute, time.Millisecond)
}

// Guarantee(memory): Whatever the start function of a temporary child holds is free for the garbage collector as soon as the child is up.
// Unlike OTP: The start of a temporary child of the specification is let go when the child is up; OTP does so only for those that came by start_child.
func TestStartOfATemporaryChildIsFree(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}){
		"in the spec": func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}) {
			spec, freed := capturing("w", supervise.Temporary)
			return start(t, sys, supervise.Policy{}, spec), freed
		},
		"a supervisor": func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}) {
			spec, freed := capturing("x", supervise.Temporary)
			inner := supervise.Child(supervise.Spec{Name: "w", Children: []supervise.ChildSpec{spec}})
			inner.Restart = supervise.Temporary
			return start(t, sys, supervise.Policy{}, inner), freed
		},
		"by StartChild": func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}) {
			spec, freed := capturing("w", supervise.Temporary)
			sup := start(t, sys, supervise.Policy{Decider: supervise.Decider{{Do: supervise.DoIgnore}}})
			_, err := sup.StartChild(t.Context(), spec)
			require.NoError(t, err)
			return sup, freed
		},
		"an instance": func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}) {
			template := idle("w")
			template.Restart = supervise.Temporary
			sup := start(t, sys, supervise.Policy{Strategy: supervise.SimpleOneForOne}, template)
			spec, freed := capturing("w", supervise.Temporary)
			_, err := sup.StartInstance(t.Context(), spec.Start)
			require.NoError(t, err)
			return sup, freed
		},
		"after a Change": func(t *testing.T, sys *actor.System) (*supervise.Supervisor, <-chan struct{}) {
			old := idle("w")
			old.Restart = supervise.Temporary
			sup := start(t, sys, supervise.Policy{}, old)
			spec, freed := capturing("w", supervise.Temporary)
			require.NoError(t, sup.Change(t.Context(), supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}}))
			return sup, freed
		},
	} {
		t.Run(name, func(t *testing.T) {
			sys := quiet()
			sup, freed := begin(t, sys)
			requireFree(t, freed)
			counts, err := sup.CountChildren(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, counts.Active, "it runs")
			require.NoError(t, sys.Close(t.Context()))
		})
	}
}

// Nobody holds what is not to be started any more, nor what never was.
func TestNothingIsKeptOfWhoIsGone(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, sup *supervise.Supervisor) <-chan struct{}{
		"terminated and deleted": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			spec, freed := capturing("w", supervise.Permanent)
			_, err := sup.StartChild(t.Context(), spec)
			require.NoError(t, err)
			_, err = sup.WhichChildren(t.Context())
			require.NoError(t, err)
			require.False(t, isFree(freed), "it can be restarted")
			require.NoError(t, sup.TerminateChild(t.Context(), "w"))
			require.NoError(t, sup.DeleteChild(t.Context(), "w"))
			return freed
		},
		"a spec before a Change": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			spec, freed := capturing("w", supervise.Transient)
			require.NoError(t, sup.Change(t.Context(), supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}}))
			require.NoError(t, sup.Change(t.Context(), supervise.Spec{Name: "top", Children: []supervise.ChildSpec{idle("w")}}))
			return freed
		},
		"a Change that is refused": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			spec, freed := capturing("w", supervise.Transient)
			err := sup.Change(t.Context(), supervise.Spec{
				Name: "top", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne}, Children: []supervise.ChildSpec{spec},
			})
			require.Error(t, err)
			return freed
		},
		"a start that failed": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			spec, freed := capturing("w", supervise.Permanent)
			start := spec.Start
			spec.Start = func(ctx context.Context, at *actor.Slot) error { return errors.Join(start(ctx, at), errCrash) }
			_, err := sup.StartChild(t.Context(), spec)
			require.ErrorIs(t, err, errCrash)
			return freed
		},
		"a child that was there": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			_, err := sup.StartChild(t.Context(), idle("w"))
			require.NoError(t, err)
			spec, freed := capturing("w", supervise.Permanent)
			_, err = sup.StartChild(t.Context(), spec)
			require.ErrorIs(t, err, supervise.ErrAlreadyStarted)
			return freed
		},
		"a request that was taken back": func(t *testing.T, sup *supervise.Supervisor) <-chan struct{} {
			began, release := make(chan struct{}), make(chan struct{})
			slow := idle("slow")
			start := slow.Start
			slow.Start = func(ctx context.Context, at *actor.Slot) error {
				close(began)
				<-release
				return start(ctx, at)
			}
			up := make(chan error, 1)
			go func() { _, err := sup.StartChild(t.Context(), slow); up <- err }()
			<-began
			spec, freed := capturing("w", supervise.Permanent)
			ctx, cancel := context.WithCancel(t.Context())
			back := make(chan error, 1)
			go func() { _, err := sup.StartChild(ctx, spec); back <- err }()
			for {
				snap, err := sup.Snapshot(t.Context())
				require.NoError(t, err)
				if snap.Waiting > 0 {
					break
				}
			}
			cancel()
			require.ErrorIs(t, <-back, context.Canceled)
			requireFree(t, freed)
			close(release)
			require.NoError(t, <-up)
			return freed
		},
	} {
		t.Run(name, func(t *testing.T) {
			sys := quiet()
			freed := begin(t, start(t, sys, supervise.Policy{}))
			requireFree(t, freed)
			require.NoError(t, sys.Close(t.Context()))
		})
	}
}

// A temporary child that a rule restarts is restarted, and one whose rule came
// after its start is not.
func TestRuleRestartsATemporaryChild(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		again := supervise.Policy{Intensity: 3, Decider: supervise.Decider{{Do: supervise.DoRestart}}}
		spec := idle("w")
		spec.Restart = supervise.Temporary
		sup := start(t, sys, again, spec)
		crash := func(path string) {
			pid, ok := sys.PIDAt(path)
			require.True(t, ok)
			require.NoError(t, sys.Exit(pid, errCrash))
			pass(0)
		}
		crash("top/w")
		_, ok := sys.PIDAt("top/w")
		assert.True(t, ok, "it is there again")

		require.NoError(t, sup.Change(t.Context(), supervise.Spec{Name: "top"}))
		guest := idle("guest")
		guest.Restart = supervise.Temporary
		_, err := sup.StartChild(t.Context(), guest)
		require.NoError(t, err)
		require.NoError(t, sup.Change(t.Context(), supervise.Spec{Name: "top", Policy: again}))
		crash("top/guest")
		_, ok = sys.PIDAt("top/guest")
		assert.False(t, ok)
		list, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		assert.Empty(t, list)
	})
}

// An instance with a start of its own that is temporary is not started again by
// a Change of its template.
func TestChangeForgetsWhatCannotBeStartedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		template := idle("w")
		template.Restart = supervise.Temporary
		policy := supervise.Policy{Strategy: supervise.SimpleOneForOne}
		sup := start(t, sys, policy, template)
		_, err := sup.StartInstance(t.Context(), idle("w").Start)
		require.NoError(t, err)
		first, err := sup.StartInstance(t.Context(), nil)
		require.NoError(t, err)
		template.Restart = supervise.Permanent
		to := supervise.Spec{Name: "top", Policy: policy, Children: []supervise.ChildSpec{template}}
		require.NoError(t, sup.Change(t.Context(), to, "w"))
		list, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, first.Name, list[0].PID.Name)
		assert.NotEqual(t, first, list[0].PID)
	})
}
