package supervise_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// starved is the end of a child for want of memory.
type starved struct{ error }

func (starved) ExitCause() supervise.Cause { return supervise.Cause{OOM: true} }

// Guarantee(blind): No event or log record says that a child is restarted when that very death ends its supervisor or leaves the child down.
func TestVerdictIsWhatFollows(t *testing.T) {
	crashes := func(err error) supervise.ChildSpec {
		return supervise.Go("w", func(context.Context) error { return err })
	}
	once := func() supervise.ChildSpec { // up once, and never again
		up := false
		return custom("w", func(ctx context.Context, at *actor.Slot) error {
			if up {
				return errCrash
			}
			up = true
			return crashes(errCrash).Start(ctx, at)
		})
	}
	with := func(c supervise.ChildSpec, change func(*supervise.ChildSpec)) supervise.ChildSpec {
		change(&c)
		return c
	}
	for name, test := range map[string]struct {
		policy supervise.Policy
		child  supervise.ChildSpec
		ends   supervise.EventKind
	}{
		"the supervisor's budget": {supervise.Policy{Intensity: 2}, crashes(errCrash), supervise.EventGaveUp},
		"none":                    {supervise.Policy{Intensity: supervise.NoRestarts}, crashes(errCrash), supervise.EventGaveUp},
		"a normal end":            {supervise.Policy{Intensity: 2}, crashes(nil), supervise.EventGaveUp},
		"the child's own": {supervise.Policy{Intensity: 9}, with(crashes(errCrash), func(c *supervise.ChildSpec) {
			c.MaxRestarts = supervise.Budget{Intensity: 2}
		}), supervise.EventGaveUp},
		"that for want of memory": {supervise.Policy{Intensity: 9, OOM: supervise.Budget{Intensity: 1}}, crashes(starved{errCrash}), supervise.EventGaveUp},
		"a circuit":               {supervise.Policy{Intensity: 2, Circuit: true}, crashes(errCrash), supervise.EventCircuitOpened},
		"a rule that restarts": {supervise.Policy{Intensity: 1}, with(crashes(errCrash), func(c *supervise.ChildSpec) {
			c.Decider = supervise.Decider{{When: supervise.Match{Is: errCrash}, Do: supervise.DoRestart}}
		}), supervise.EventGaveUp},
		"restarts that fail": {supervise.Policy{Intensity: 3}, once(), supervise.EventGaveUp},
		"restarts that fail, later": {supervise.Policy{Intensity: 3, Period: time.Hour}, with(once(), func(c *supervise.ChildSpec) {
			c.Backoff = supervise.Backoff{Initial: time.Second, Exact: true}
		}), supervise.EventGaveUp},
		"restarts that fail, when the budget is fresh again": {supervise.Policy{Intensity: 1, Period: time.Second}, with(once(), func(c *supervise.ChildSpec) {
			c.Backoff = supervise.Backoff{Initial: time.Minute, Exact: true}
		}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				sup := start(t, sys, supervise.Policy{})
				events := sup.Events(t.Context())
				nested := supervise.Child(supervise.Spec{Name: "s", Policy: test.policy, Children: []supervise.ChildSpec{test.child}})
				nested.Restart = supervise.Temporary
				_, err := sup.StartChild(t.Context(), nested)
				require.NoError(t, err)
				time.Sleep(10 * time.Minute)
				require.NoError(t, sup.Stop(t.Context()))
				var last supervise.Event
				ended := supervise.EventKind(0)
				for e := range events {
					if e.Supervisor != "top/s" {
						continue
					}
					switch e.Kind {
					case supervise.EventExited, supervise.EventStartFailed:
						last = e
					case supervise.EventRestart:
						assert.Equal(t, supervise.DoRestart, last.Verdict, "before %v", e)
					case supervise.EventGaveUp, supervise.EventCircuitOpened:
						ended = e.Kind
						assert.Equal(t, supervise.DoStop, last.Verdict, "before %v", e)
						assert.Zero(t, last.Rule, "no rule said so")
					default:
					}
				}
				assert.Equal(t, test.ends, ended)
				require.Error(t, last.Reason)
			})
		})
	}
}
