package procactor_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrongWorkerIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	missing := filepath.Join(t.TempDir(), "nowhere")
	tests := []struct {
		field string
		spoil func(*procactor.Worker)
		says  string
	}{
		{"Grace", func(w *procactor.Worker) { w.Grace = -time.Second }, "-1s"},
		{"StartTimeout", func(w *procactor.Worker) { w.StartTimeout = -1 }, "-1ns"},
		{"Silence", func(w *procactor.Worker) { w.Silence = -1 }, "-1ns"},
		{"MaxDepth", func(w *procactor.Worker) { w.MaxDepth = -1 }, "-1"},
		{"MaxFrame", func(w *procactor.Worker) { w.MaxFrame = 1 }, "at least"},
		{"MaxBody", func(w *procactor.Worker) { w.MaxBody = 1 }, "at least"},
		{"Dir", func(w *procactor.Worker) { w.Dir = missing }, missing},
		{"Dir", func(w *procactor.Worker) { w.Dir = file }, "cannot be used"},
	}
	for _, tt := range tests {
		for how, w := range map[string]procactor.Worker{"self": procactor.Self(), "program": procactor.Program("true")} {
			t.Run(tt.field+" "+tt.says+" "+how, func(t *testing.T) {
				tt.spoil(&w)
				refusedByName(t, w, tt.field, tt.says)
			})
		}
	}
	t.Run("no program", func(t *testing.T) { refusedByName(t, procactor.Worker{}, "", "Worker names no program") })
	w := procactor.Self()
	w.Dir = missing
	_, err := procactor.Start(t.Context(), newSystem(t), "w", w)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// refusedByName starts the worker in each way there is.
func refusedByName(t *testing.T, w procactor.Worker, field, says string) {
	t.Helper()
	sys := newSystem(t)
	start := func(start func() error) {
		t.Helper()
		err := start()
		var failed *actor.StartError
		require.ErrorAs(t, err, &failed)
		var wrong *procactor.WorkerError
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, field, wrong.Field)
		assert.ErrorContains(t, err, says)
		assert.NotEmpty(t, wrong.Hint)
	}
	start(func() error { _, err := procactor.Start(t.Context(), sys, "w", w); return err })
	start(func() error {
		_, err := procactor.StartPool(t.Context(), sys, "pool", w, procactor.PoolConfig{Size: 2})
		return err
	})
	for _, spec := range []supervise.ChildSpec{procactor.ProcessChild("w", w), procactor.PoolChild("w", w, procactor.PoolConfig{Size: 2})} {
		start(func() error {
			_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}})
			return err
		})
	}
}

func TestWhatIsNoTaskIsRefused(t *testing.T) {
	p := start(t, procactor.Self())
	_, err := procactor.Task[int, int]{}.On(p).Call(t.Context(), 1)
	failed(t, err, actor.NotSent)
	assert.ErrorContains(t, err, "NewTask")

	_, err = square.On(nil).Call(t.Context(), 1)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
	assert.ErrorContains(t, err, "no host")
	assert.ErrorIs(t, (<-square.On(nil).Watch(t.Context())).Reason, actor.ErrNoActor)

	for name, says := range map[string]string{"zero-task": "NewTask", "zero-set-up": "Setup was given nil"} {
		_, err = procactor.Start(t.Context(), newSystem(t), "w", role(t, name))
		assert.ErrorContains(t, err, says)
	}
}
