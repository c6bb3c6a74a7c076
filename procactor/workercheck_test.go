package procactor_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
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
		{"MaxDepth", func(w *procactor.Worker) { w.MaxDepth = -1 }, "-1"},
		{"Dir", func(w *procactor.Worker) { w.Dir = missing }, missing},
		{"Dir", func(w *procactor.Worker) { w.Dir = file }, "cannot be used"},
	}
	for _, tt := range tests {
		t.Run(tt.field+" "+tt.says, func(t *testing.T) {
			w := procactor.Self()
			tt.spoil(&w)
			_, err := procactor.Start(t.Context(), newSystem(t), "w", w)
			var start *actor.StartError
			require.ErrorAs(t, err, &start)
			var wrong *procactor.WorkerError
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, tt.field, wrong.Field)
			assert.ErrorContains(t, err, tt.says)
			assert.NotEmpty(t, wrong.Mend)
		})
	}
	w := procactor.Self()
	w.Dir = missing
	_, err := procactor.Start(t.Context(), newSystem(t), "w", w)
	assert.ErrorIs(t, err, os.ErrNotExist)
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
