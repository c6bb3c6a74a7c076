package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
)

// Guarantee(restarts): With on_fail: log a run of a periodic program that fails, in whatever way, is told, and the next comes at its time; no restart comes of it.
func TestRunsThatMayFail(t *testing.T) {
	for name, test := range map[string]struct{ child, want string }{
		"status":              {`command: ["${EXE}", play, fail]`, "exited with status 3"},
		"crash":               {`command: ["${EXE}", play, panic]`, "no such luck"},
		"no restart":          {`command: ["${EXE}", play, give-up]`, "exited with status 125"},
		"program is not here": {`command: ["/gone/${SECRET}"]`, "/gone/${SECRET}"},
		"temporary":           {`command: ["${EXE}", play, fail], restart: temporary`, "exited with status 3"},
		"rule":                {`command: ["${EXE}", play, fail], on_exit: [{do: escalate}]`, "exited with status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := start(t, "supervisor: {intensity: 0}", nil, nil)
			require.NoError(t, err)
			events := tr.top.Events(t.Context())
			spec := supervise.Child(specOf(t, `{name: s, supervisor: {intensity: 0, children: [{id: job, every: 10ms, on_fail: log, `+test.child+`}]}}`, map[string]string{"SECRET": "hunter2"}, nil))
			_, err = tr.top.StartChild(t.Context(), spec)
			require.NoError(t, err)
			failed := 0
			for e := range events {
				if e.Child != "job" || e.Kind == supervise.EventStarted {
					continue
				}
				require.Equal(t, supervise.EventRunFailed, e.Kind, e)
				assert.Equal(t, "top/s", e.Supervisor)
				assert.Equal(t, "top/s/job", e.PID.Name)
				assert.ErrorContains(t, e.Reason, test.want)
				assert.NotContains(t, e.String(), "hunter2")
				if failed++; failed == 3 {
					break
				}
			}
			snap, err := tr.top.Snapshot(t.Context())
			require.NoError(t, err)
			job := snap.Children[0].Supervisor.Children[0]
			assert.Equal(t, supervise.PhaseRunning, job.Phase)
			assert.Zero(t, job.Restarts)
			require.NoError(t, tr.top.Stop(t.Context()))
		})
	}
}
