package procactor_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process that not even KILL ends in time is named by every stop, until it has
// ended.
func TestStopNamesAProcessThatCannotBeReaped(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, sys *actor.System, w procactor.Worker) (stop func(context.Context) error, worker string){
		"Process": func(t *testing.T, sys *actor.System, w procactor.Worker) (func(context.Context) error, string) {
			p, err := procactor.Start(t.Context(), sys, "w", w)
			require.NoError(t, err)
			return p.Stop, "w"
		},
		"Pool": func(t *testing.T, sys *actor.System, w procactor.Worker) (func(context.Context) error, string) {
			p, err := procactor.StartPool(t.Context(), sys, "w", w, procactor.PoolConfig{Size: 1})
			require.NoError(t, err)
			return p.Stop, "w#1"
		},
		"System": func(t *testing.T, sys *actor.System, w procactor.Worker) (func(context.Context) error, string) {
			_, err := procactor.Start(t.Context(), sys, "w", w)
			require.NoError(t, err)
			return sys.Close, "w"
		},
		"Supervisor": func(t *testing.T, sys *actor.System, w procactor.Worker) (func(context.Context) error, string) {
			top, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{procactor.ProcessChild("w", w)}})
			require.NoError(t, err)
			return top.Stop, "top/w"
		},
		"child": func(t *testing.T, sys *actor.System, w procactor.Worker) (func(context.Context) error, string) {
			top, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{procactor.PoolChild("w", w, procactor.PoolConfig{Size: 1})}})
			require.NoError(t, err)
			return func(ctx context.Context) error { return top.TerminateChild(ctx, "w") }, "top/w#1"
		},
	} {
		for ending, limit := range map[string]time.Duration{"its own time": time.Hour, "the end of ctx": time.Second} {
			t.Run(name+"/"+ending, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sys := newSystem(t)
					release := make(chan struct{})
					stop, path := begin(t, sys, procactor.Unreapable(release, square))
					pid, ok := sys.PIDAt(path)
					require.True(t, ok)
					ctx, cancel := context.WithTimeout(t.Context(), limit)
					defer cancel()
					began := time.Now()
					err := stop(ctx)
					took := time.Since(began)
					var left *actor.CloseError
					require.ErrorAs(t, err, &left)
					assert.Equal(t, []actor.PID{pid}, left.Running)
					assert.Equal(t, limit == time.Second, left.Err != nil)
					assert.Less(t, took, time.Minute, "of the bubble's clock")
					close(release)
					synctest.Wait()
					require.NoError(t, sys.Close(t.Context()), "it has ended after all")
				})
			})
		}
	}
}

// A function of a command that hangs is in the hands of its caller, and keeps no
// stop.
func TestStopWhileACommandsBuildHangs(t *testing.T) {
	t.Parallel()
	c := commandsIn(t)
	c.Grace = time.Hour
	h := startCommands(t, c)
	building, release := make(chan struct{}), make(chan struct{})
	ended := call(context.Background(), shoot.On(h), shot{build: func(context.Context, string) error {
		close(building)
		<-release
		return context.Canceled
	}})
	<-building
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, stop(ctx, h), context.Canceled)
	close(release)
	require.Error(t, wait(t, "the call's end", ended).err)
}

// A command's own functions cannot wait for the end of the place where they run.
func TestStopInACommandsBuild(t *testing.T) {
	t.Parallel()
	h := startCommands(t, commandsIn(t))
	_, err := shoot.On(h).Call(t.Context(), shot{build: func(ctx context.Context, _ string) error { return stop(ctx, h) }})
	require.ErrorIs(t, err, actor.ErrSelfCall)
}
