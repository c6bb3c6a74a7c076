package supervise_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// What nobody made answers with an error, and does not panic.
func TestZeroValues(t *testing.T) {
	ctx := t.Context()
	var s supervise.Supervisor
	_, err := s.WhichChildren(ctx)
	require.ErrorIs(t, err, actor.ErrNoActor)
	_, err = s.Snapshot(ctx)
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorIs(t, s.Err(), actor.ErrNoActor)
	require.NoError(t, s.Stop(ctx), "it is over")
	for range s.Events(ctx) {
		assert.Fail(t, "nobody decides")
	}
	<-s.Done()
	_, err = s.Ref().Call(ctx, supervise.WhichChildren{})
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorIs(t, s.Ref().Cast(ctx, supervise.WhichChildren{}), actor.ErrNoActor)
	var wrong *supervise.SimulatorError
	var sim supervise.Simulator
	for _, err := range []error{
		sim.Boot(), sim.FailStarts("a", supervise.FailPlan{Times: 1}), sim.HangStop("a"), sim.Exit(actor.ErrNormal, "a"), sim.Advance(1), sim.Stop(nil),
	} {
		require.ErrorAs(t, err, &wrong)
	}
}

func TestNilSpawnerIsAFailedStart(t *testing.T) {
	for _, at := range []actor.Spawner{nil, (*actor.System)(nil), (*actor.Slot)(nil)} {
		_, err := supervise.Start(t.Context(), at, supervise.Spec{Name: "top"})
		require.ErrorIs(t, err, actor.ErrNoSpawner)
		_, err = actor.Spawn(t.Context(), at, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return nil })
		require.ErrorIs(t, err, actor.ErrNoSpawner)
	}
}

func TestNilFunctionsAreFailedStarts(t *testing.T) {
	sys := actor.NewSystem()
	defer sys.Close(context.Background()) //nolint:errcheck // nothing runs
	for _, c := range []supervise.ChildSpec{supervise.Go("a", nil), supervise.Every("a", supervise.Interval(time.Hour), nil), supervise.ActorFunc[int, int]("a", nil)} {
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{c}})
		var wrong *supervise.SpecError
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, "a", wrong.Child)
	}
}

// nilError is returned as a pointer that is nil, the usual slip, and so panics
// when it is asked for anything.
type nilError struct{ text string }

func (e *nilError) Error() string              { return e.text }
func (e *nilError) Unwrap() error              { return errors.New(e.text) }
func (e *nilError) ExitCause() supervise.Cause { return supervise.Cause{Panic: e.text} }

// A function that returns a nil pointer for an error has failed, and nothing
// otherwise has.
func TestErrorThatIsANilPointer(t *testing.T) {
	fails := func(context.Context) error { var none *nilError; return none }
	bubble(t, func(t *testing.T, sys *actor.System) {
		p := supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true, Decider: supervise.Decider{}}
		slip, every := supervise.Go("a", fails), supervise.Every("b", supervise.Interval(time.Hour).AtOnce(), fails)
		sup := start(t, sys, p, slip, every)
		synctest.Wait()
		snap, err := sup.Snapshot(t.Context())
		require.NoError(t, err)
		for _, c := range snap.Children {
			assert.True(t, c.CircuitOpen, c.ID)
			assert.Contains(t, c.LastReason, "nil *supervise_test.nilError")
		}
		_, err = sup.StartChild(t.Context(), supervise.ChildSpec{ID: "c", Start: func(context.Context, *actor.Slot) error {
			return fails(nil)
		}})
		var none *actor.NilPointerError
		require.ErrorAs(t, err, &none)
		assert.Equal(t, "*supervise_test.nilError", none.Type)
	})
}

// An error that would panic when somebody looks into it, because of a nil pointer
// that it wraps or that was given to panic, is a crash of the child and of nobody else.
func TestErrorThatPanicsWhenLookedInto(t *testing.T) {
	var none *nilError
	for name, fails := range map[string]func() error{
		"wrapped": func() error { return fmt.Errorf("a: %w", none) },
		"joined":  func() error { return errors.Join(io.EOF, none) },
		"panic":   func() error { panic(error(none)) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				p := supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true, Decider: supervise.Decider{}}
				service := supervise.Go("a", func(context.Context) error { return fails() })
				sup := start(t, sys, p, service, supervise.ActorFunc("b", func(context.Context, int) (int, error) { return 0, actor.Stop(fails()) }))
				_, err := actor.RefAt[int, int](sys, sup.Path()+"/b").Call(t.Context(), 1)
				assert.NotErrorIs(t, err, io.EOF)
				synctest.Wait()
				snap, err := sup.Snapshot(t.Context())
				require.NoError(t, err)
				for _, c := range snap.Children {
					assert.True(t, c.CircuitOpen, c.ID)
					assert.Contains(t, c.LastReason, "a nil *supervise_test.nilError")
				}
				_, err = sup.StartChild(t.Context(), supervise.ChildSpec{ID: "c", Start: func(context.Context, *actor.Slot) error {
					return fails()
				}})
				var failed *actor.StartError
				require.ErrorAs(t, err, &failed)
			})
		})
	}
}

// causeless panics when it is asked for its cause, and for nothing else.
type causeless struct{ error }

func (causeless) ExitCause() supervise.Cause { panic("no cause") }

func TestExitCauseThatPanics(t *testing.T) {
	c := supervise.CauseOf(causeless{io.EOF})
	assert.Equal(t, causeless{io.EOF}, c.Err)
	assert.Equal(t, "panic: no cause, in ExitCause of a supervise_test.causeless", c.Panic)
}

// badError panics, too, and is no nil pointer.
type badError struct{ of *nilError }

func (e badError) Error() string { return e.of.text }

func TestErrorThatPanicsIsShown(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		p := supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true}
		goOn := make(chan struct{})
		sup := start(t, sys, p, supervise.Go("a", func(context.Context) error { <-goOn; return badError{} }))
		events := sup.Events(t.Context())
		close(goOn)
		for e := range events {
			text, err := json.Marshal(e)
			require.NoError(t, err)
			assert.NotEmpty(t, e.String())
			if e.Kind == supervise.EventCircuitOpened {
				assert.Contains(t, string(text), "gave up")
				break
			}
		}
		snap, err := sup.Snapshot(t.Context())
		require.NoError(t, err)
		assert.Contains(t, snap.Children[0].LastReason, "PANIC")
	})
}
