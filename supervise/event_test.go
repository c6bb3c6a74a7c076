package supervise_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

func TestEventAsJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, e := range map[string]supervise.Event{
		`{"at":"2026-01-02T03:04:05Z","supervisor":"top","kind":"up"}`: {At: at, Supervisor: "top", Kind: supervise.EventUp},
		`{"at":"2026-01-02T03:04:05Z","supervisor":"top","kind":"restart","child":"a","pid":"top/a@7","reason":"crash","delay":"1s","used":2,"allowed":0,"period":"5s"}`: {
			At: at, Supervisor: "top", Kind: supervise.EventRestart, Child: "a", PID: actor.PID{Name: "top/a", Incarnation: 7}, Reason: errCrash,
			Delay: time.Second, Used: 2, Period: 5 * time.Second,
		},
		`{"at":"2026-01-02T03:04:05Z","supervisor":"top","kind":"exited","child":"a","verdict":"stop","rule":-1}`: {
			At: at, Supervisor: "top", Kind: supervise.EventExited, Child: "a", Verdict: supervise.DoStop, Rule: supervise.RulePermanentFailure,
		},
		`{"at":"2026-01-02T03:04:05Z","supervisor":"top","kind":"run_failed","child":"a","pid":"top/a@7","reason":"crash"}`: {
			At: at, Supervisor: "top", Kind: supervise.EventRunFailed, Child: "a", PID: actor.PID{Name: "top/a", Incarnation: 7}, Reason: errCrash,
		},
		`{"at":"2026-01-02T03:04:05Z","supervisor":"top","kind":"lost","lost":9}`: {At: at, Supervisor: "top", Kind: supervise.EventLost, Lost: 9},
	} {
		got, err := json.Marshal(e)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(got))
	}
}
