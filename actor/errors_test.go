package actor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCallErrorClasses(t *testing.T) {
	for _, test := range []struct {
		delivery   actor.Delivery
		text       string
		notStarted bool
		unknown    bool
	}{
		{actor.NotSent, "call a@1: pigeon (not sent)", true, false},
		{actor.NotStarted, "call a@1: pigeon (not started)", true, false},
		{actor.Unknown, "call a@1: pigeon (outcome unknown)", false, true},
		{actor.Done, "call a@1: pigeon", false, false},
	} {
		t.Run(test.delivery.String(), func(t *testing.T) {
			err := error(&actor.CallError{Op: "call", PID: actor.PID{Name: "a", Incarnation: 1}, Delivery: test.delivery, Err: errPigeon})
			assert.EqualError(t, err, test.text)
			for range 2 {
				assert.Equal(t, test.notStarted, errors.Is(err, actor.ErrNotStarted))
				assert.Equal(t, test.unknown, errors.Is(err, actor.ErrOutcomeUnknown))
				require.ErrorIs(t, err, errPigeon)
				assert.NotErrorIs(t, err, actor.ErrNoActor)
				var call *actor.CallError
				require.ErrorAs(t, err, &call)
				assert.Equal(t, test.delivery, call.Delivery)
				err = fmt.Errorf("wrapped: %w", err)
			}
		})
	}
	assert.Equal(t, "Delivery(9)", actor.Delivery(9).String())
}

func TestContextError(t *testing.T) {
	require.NoError(t, actor.ContextError(t.Context()))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, context.Canceled, actor.ContextError(canceled))
	caused, cancelCause := context.WithCancelCause(t.Context())
	cancelCause(errPigeon)
	require.ErrorIs(t, actor.ContextError(caused), context.Canceled)
	require.ErrorIs(t, actor.ContextError(caused), errPigeon)
	late, cancel := context.WithDeadlineCause(t.Context(), time.Unix(0, 0), errPigeon)
	defer cancel()
	require.ErrorIs(t, actor.ContextError(late), context.DeadlineExceeded)
	require.ErrorIs(t, actor.ContextError(late), errPigeon)
}

func TestIsNormal(t *testing.T) {
	for reason, want := range map[error]bool{
		actor.ErrNormal: true, actor.ErrShutdown: true, actor.ErrKilled: false, errPigeon: false,
		actor.ErrNoActor: false, context.Canceled: false,
	} {
		assert.Equal(t, want, actor.IsNormal(reason), "%v", reason)
		assert.Equal(t, want, actor.IsNormal(fmt.Errorf("wrapped: %w", reason)), "%v", reason)
	}
	assert.False(t, actor.IsNormal(nil), "no reason is none")
}

func TestErrorTexts(t *testing.T) {
	start := &actor.StartError{Name: "top/w", Err: errPigeon}
	assert.EqualError(t, start, "start top/w: pigeon")
	require.ErrorIs(t, start, errPigeon)
	protocol := &actor.ProtocolError{Peer: "w@3", Err: errPigeon}
	assert.EqualError(t, protocol, "w@3 broke the protocol: pigeon")
	require.ErrorIs(t, protocol, errPigeon)
	stuck := &actor.CloseError{Running: []actor.PID{{Name: "a", Incarnation: 1}, {Name: "b", Incarnation: 2}}, Err: errPigeon}
	assert.EqualError(t, stuck, "did not stop and still run: a@1, b@2: pigeon")
	require.ErrorIs(t, stuck, errPigeon)
	assert.NoError(t, errors.Unwrap(&actor.PanicError{Value: "text"}))
}

func TestPIDTexts(t *testing.T) {
	for _, test := range []struct {
		pid  actor.PID
		want string
	}{
		{actor.PID{}, "none"},
		{actor.PID{Name: "a"}, "a"},
		{actor.PID{Name: "top/w#2", Incarnation: 18446744073709551615}, "top/w#2@18446744073709551615"},
		{actor.PID{Node: "n:1", Name: "a", Incarnation: 7}, "n:1:a@7"},
	} {
		assert.Equal(t, test.want, test.pid.String())
		text, err := json.Marshal(map[actor.PID]actor.PID{test.pid: test.pid})
		require.NoError(t, err)
		assert.JSONEq(t, fmt.Sprintf("{%q: %q}", test.want, test.want), string(text))
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "down", actor.Down{PID: test.pid, Reason: errPigeon})
		assert.Contains(t, out.String(), fmt.Sprintf("down.pid=%s down.reason=pigeon", test.want))
	}
}
