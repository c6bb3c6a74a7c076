package procactor

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
)

func TestEndOfLife(t *testing.T) {
	t.Parallel()
	exited := func(code int) *ExitError { return &ExitError{PID: 7, Code: code} }
	ours := func(why error) *ExitError {
		return &ExitError{PID: 7, Code: -1, Signal: os.Kill, Killed: true, Why: why}
	}
	kill := fmt.Errorf("%w: enough", actor.ErrKilled)
	const text = "worker process 7 "
	for name, tt := range map[string]struct {
		stopped error
		died    *ExitError
		forced  bool
		want    string
		is      error // that it wraps; nil: it is its own reason
		normal  bool
	}{
		"nobody stopped it":                    {nil, exited(3), false, "own", nil, false},
		"nobody stopped it, and it was clean":  {nil, exited(0), false, "own", nil, false},
		"it exits as it was asked to":          {actor.ErrShutdown, exited(0), false, "shutdown", actor.ErrShutdown, true},
		"it exits as it was asked to, late":    {actor.ErrShutdown, exited(0), true, "shutdown", actor.ErrShutdown, true},
		"it fails as it was asked to":          {actor.ErrShutdown, exited(3), false, "own", nil, false},
		"it takes a signal that asks":          {actor.ErrShutdown, ours(actor.ErrShutdown), false, text + "was killed by us: shutdown", actor.ErrShutdown, true},
		"it takes a signal for another reason": {actor.ErrShutdown, ours(ErrOverdue), false, "shutdown: " + text + "was killed by us: " + ErrOverdue.Error(), actor.ErrShutdown, true},
		"it takes a KILL":                      {actor.ErrShutdown, ours(actor.ErrShutdown), true, text + "was killed by us: it was asked to end (shutdown) and did not in time", actor.ErrKilled, false},
		"not even a KILL ends it":              {actor.ErrShutdown, &ExitError{PID: 7, Code: -1, Killed: true, Why: fmt.Errorf("%w: %w", osproc.ErrNotReaped, actor.ErrShutdown)}, true, "worker process 7: it has not ended, though we killed it: it was asked to end (shutdown) and did not in time", actor.ErrKilled, false},
		"it is killed":                         {actor.ErrKilled, ours(actor.ErrKilled), true, text + "was killed by us", actor.ErrKilled, false},
		"it is killed for a reason":            {kill, ours(kill), true, text + "was killed by us: enough", actor.ErrKilled, false},
		"it is killed and was clean":           {actor.ErrKilled, exited(0), false, "killed", actor.ErrKilled, false},
		"it is killed and has ended":           {actor.ErrKilled, exited(3), false, "killed: " + text + "exited with status 3", actor.ErrKilled, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := errors.New("own")
			got := endOfLife(tt.stopped, tt.died, tt.forced, own)
			assert.EqualError(t, got, tt.want)
			assert.Equal(t, tt.normal, actor.IsNormal(got))
			if tt.is == nil {
				assert.Same(t, own, got)
				return
			}
			assert.ErrorIs(t, got, tt.is)
			if !tt.died.Killed && tt.died.Code == 0 {
				return
			}
			var died *ExitError
			assert.ErrorAs(t, got, &died)
			assert.Equal(t, tt.died.PID, died.PID)
		})
	}
}
