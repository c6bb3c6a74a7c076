package policy_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// The same rule fits at each level, for a class of error as for all else.
func TestRulesOfAFileEscalateToTheTop(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		when string
		err  error
	}{
		{"error: broken", fmt.Errorf("it is %w", broken)},
		{"error: killed", fmt.Errorf("%w: it is broken", actor.ErrKilled)},
		{"panic: broken", actor.NewPanicError("it is broken")},
	} {
		t.Run(tt.when, func(t *testing.T) {
			f := parsed(t, fmt.Sprintf(`
name: top
supervisor:
  on_exit: &rules [{when: {%s}, do: escalate}]
  children:
    - id: b
      supervisor:
        on_exit: *rules
        children:
          - {id: c, supervisor: {on_exit: *rules, children: [{id: w}]}}
`, tt.when))
			spec, err := f.Spec(policy.Fill{
				Children: map[string]supervise.ChildSpec{"b/c/w": supervise.Go("w", func(context.Context) error { return tt.err })},
				Errors:   map[string]error{"broken": broken},
			})
			require.NoError(t, err)
			sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
			sup, err := supervise.Start(t.Context(), sys, spec)
			require.NoError(t, err)
			<-sup.Done()
			for _, child := range []string{"b", "c", "w"} {
				var escalated *supervise.EscalateError
				if err == nil {
					err = sup.Err()
				}
				require.ErrorAs(t, err, &escalated)
				assert.Equal(t, child, escalated.Child)
				err = escalated.Reason
			}
			assert.Equal(t, tt.err, err)
			require.NoError(t, sys.Close(t.Context()))
		})
	}
}
