package supervise_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// A start that ignores everything is named by the supervisor that abandons it,
// however far beneath of what is stopped that is; so it is when those between are
// only coming up, and are abandoned as starts themselves.
func TestStopNamesAStartThatHangs(t *testing.T) {
	never, during, before := time.Hour, time.Second, time.Duration(0)
	for kind, stop := range map[string]func(context.Context, *actor.System) error{
		"Supervisor.Stop": func(ctx context.Context, sys *actor.System) error {
			return supervise.SupervisorAt(sys, "top").Stop(ctx)
		},
		"System.Stop":  func(ctx context.Context, sys *actor.System) error { return sys.Stop(ctx, "top") },
		"System.Close": func(ctx context.Context, sys *actor.System) error { return sys.Close(ctx) },
	} {
		for when, healthy := range map[string]int{"boot": 0, "restart": 1} {
			for ending, limit := range map[string]time.Duration{"never": never, "during": during, "before": before} {
				t.Run(kind+"/"+when+"/"+ending, func(t *testing.T) {
					bubble(t, func(t *testing.T, sys *actor.System) {
						release := make(chan struct{})
						begun := 0
						w := idle("w")
						begin := w.Start
						w.Shutdown = 3 * time.Second
						w.Start = func(ctx context.Context, at *actor.Slot) error {
							if begun++; begun > healthy {
								<-release
							}
							return begin(ctx, at)
						}
						inner := supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{idle("b"), w}})
						outer := supervise.Child(supervise.Spec{Name: "outer", Children: []supervise.ChildSpec{idle("a"), inner}})
						booted := make(chan error, 1)
						go func() {
							_, err := supervise.Start(context.Background(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{outer}})
							booted <- err
						}()
						synctest.Wait()
						if pid, runs := sys.PIDAt("top/outer/inner/w"); runs {
							require.NoError(t, sys.Exit(pid, errCrash))
							synctest.Wait()
						}
						pid, runs := sys.PIDAt("top/outer/inner")
						require.True(t, runs)

						ctx, cancel := context.WithTimeout(t.Context(), limit)
						defer cancel()
						began := time.Now()
						err := stop(ctx, sys)
						assert.LessOrEqual(t, time.Since(began), min(limit, w.Shutdown)+100*time.Millisecond)
						var left *actor.CloseError
						if assert.ErrorAs(t, err, &left) {
							assert.Equal(t, []actor.PID{pid}, left.Running)
							assert.Equal(t, limit != never, left.Err != nil)
						}
						assert.Equal(t, healthy == 1, <-booted == nil)
						close(release)
						synctest.Wait()
					})
				})
			}
		}
	}
}
