package supervise_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/supervise"
)

// blowUp is what is looked for in stacks.
func blowUp() { panic("boom") }

// fragile is an actor that panics in one of its methods.
type fragile struct{ where string }

func (f fragile) Init(context.Context) error { return f.at("init") }
func (f fragile) Terminate(error)            { _ = f.at("terminate") }

func (f fragile) Receive(context.Context, int, func(int) error) error { return f.at("receive") }

func (f fragile) at(where string) error {
	if f.where == where {
		blowUp()
	}
	return nil
}

func fragileActor(where string) supervise.ChildSpec {
	return supervise.Actor("w", func(actor.Ref[int, int]) actor.Behavior[int, int] {
		if where == "fresh" {
			blowUp()
		}
		return fragile{where}
	})
}

// Guarantee(blind): A panic in a child's own code, in its start, its work or its end, is logged exactly once, with its stack.
func TestPanicsAreLoggedOnce(t *testing.T) {
	const long = time.Hour
	var none func(t *testing.T, sup *supervise.Supervisor, sys *actor.System)
	for name, test := range map[string]struct {
		child supervise.ChildSpec
		then  func(t *testing.T, sup *supervise.Supervisor, sys *actor.System)
	}{
		"Go":           {supervise.Go("w", func(context.Context) error { blowUp(); return nil }), none},
		"Every":        {supervise.Every("w", supervise.Interval(time.Second).AtOnce(), func(context.Context) error { blowUp(); return nil }), none},
		"Times":        {supervise.Every("w", supervise.Times(func(time.Time) time.Time { blowUp(); return time.Time{} }), func(context.Context) error { return nil }), none},
		"StartFunc":    {custom("w", func(context.Context, *actor.Slot) error { blowUp(); return nil }), none},
		"fresh":        {fragileActor("fresh"), none},
		"Init":         {fragileActor("init"), none},
		"nested start": {supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{custom("w", func(context.Context, *actor.Slot) error { blowUp(); return nil })}}), none},
		"Receive": {fragileActor("receive"), func(t *testing.T, _ *supervise.Supervisor, sys *actor.System) {
			require.NoError(t, actor.RefAt[int, int](sys, "top/w").Cast(t.Context(), 1))
		}},
		"Terminate": {fragileActor("terminate"), func(t *testing.T, sup *supervise.Supervisor, _ *actor.System) {
			require.NoError(t, sup.TerminateChild(t.Context(), "w"))
		}},
		"start that nobody wants any more": {custom("w", func(ctx context.Context, _ *actor.Slot) error { <-ctx.Done(); blowUp(); return nil }), none},
		"start that was abandoned":         {custom("w", func(ctx context.Context, _ *actor.Slot) error { <-ctx.Done(); time.Sleep(long); blowUp(); return nil }), none},
		"Go that was abandoned": {supervise.Go("w", func(ctx context.Context) error { <-ctx.Done(); time.Sleep(long); blowUp(); return nil }), func(t *testing.T, sup *supervise.Supervisor, _ *actor.System) {
			_ = sup.TerminateChild(t.Context(), "w")
		}},
		"Go that was killed at once": {brutal(supervise.Go("w", func(ctx context.Context) error { <-ctx.Done(); blowUp(); return nil })), func(t *testing.T, sup *supervise.Supervisor, _ *actor.System) {
			require.NoError(t, sup.TerminateChild(t.Context(), "w"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				sys := actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, slog.NewJSONHandler(&log, nil)))))
				test.child.Restart = supervise.Temporary
				ctx, cancel := context.WithTimeout(t.Context(), long/2)
				defer cancel()
				sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{test.child}})
				if test.then != nil {
					require.NoError(t, err)
					test.then(t, sup, sys)
				}
				time.Sleep(2 * long)
				synctest.Wait()
				require.NoError(t, sys.Close(t.Context()))
				synctest.Wait()
				assert.Equal(t, 1, strings.Count(log.String(), "supervise_test.blowUp("), log.String())
				assert.Contains(t, log.String(), "panics_test.go:")
				assert.Equal(t, 1, strings.Count(log.String(), `"stack":`))
				assert.Equal(t, 1, strings.Count(log.String(), `"panic":"boom"`))
			})
		})
	}
}

func brutal(c supervise.ChildSpec) supervise.ChildSpec {
	c.Shutdown = supervise.BrutalKill
	return c
}

// TestPIDOfWhoDiesWhileItComesUp: a child that was there for a moment only has a
// PID in the news, and so has one that did not come up.
func TestPIDOfWhoDiesWhileItComesUp(t *testing.T) {
	for name, test := range map[string]struct {
		start supervise.StartFunc
		kind  supervise.EventKind
	}{
		"up, and dead before its start returns": {func(ctx context.Context, at *actor.Slot) error {
			if err := supervise.Go("w", func(context.Context) error { return errCrash }).Start(ctx, at); err != nil {
				return err
			}
			<-at.System().Watch(ctx, at.Last())
			return nil
		}, supervise.EventExited},
		"never up": {func(_ context.Context, at *actor.Slot) error {
			_, life, err := actor.Begin(at, "w", newPlainCell)
			if err == nil {
				life.End(errCrash)
			}
			return errCrash
		}, supervise.EventStartFailed},
		"panics in Init": {fragileActor("init").Start, supervise.EventStartFailed},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				sup := start(t, sys, supervise.Policy{})
				events := sup.Events(t.Context())
				_, _ = sup.StartChild(t.Context(), supervise.ChildSpec{ID: "w", Start: test.start, Restart: supervise.Temporary})
				require.NoError(t, sup.Stop(t.Context()))
				told := false
				for e := range events {
					if e.Kind == test.kind {
						told = true
						assert.Equal(t, "top/w", e.PID.Name)
						assert.NotZero(t, e.PID.Incarnation)
					}
				}
				assert.True(t, told)
			})
		})
	}
}

// plainCell has nobody who calls it.
type plainCell struct{}

func newPlainCell() *plainCell { return &plainCell{} }

func (*plainCell) Live(*actor.Life) {}
func (*plainCell) Held()            {}
func (*plainCell) Gone(error)       {}
