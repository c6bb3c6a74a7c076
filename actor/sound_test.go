package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

type panicsInIs struct{}

func (panicsInIs) Error() string { panic("text") }
func (panicsInIs) Is(error) bool { panic("class") }

type panicsInAs struct{ error }

func (panicsInAs) As(any) bool { panic("kind") }

func TestSound(t *testing.T) {
	var none *fs.PathError
	plain := errors.New("plain")
	for _, err := range []error{nil, plain, fmt.Errorf("a: %w", plain), errors.Join(plain, fs.ErrExist), &fs.PathError{Err: plain}} {
		assert.Equal(t, err, actor.Sound(err))
	}
	assert.Equal(t, &actor.NilPointerError{Type: "*fs.PathError"}, actor.Sound(none))
	for text, err := range map[string]error{
		`in a method of the error "open: <nil>" (*fmt.wrapError)`: fmt.Errorf("open: %w", none),
		"(*errors.joinError)": errors.Join(plain, none),
		"class":               fmt.Errorf("a: %w", panicsInIs{}),
		"kind":                panicsInAs{plain},
	} {
		var panicked *actor.PanicError
		require.ErrorAs(t, actor.Sound(err), &panicked)
		assert.Contains(t, panicked.Error(), text)
	}
}

// Who panics with an error that panics has ended, and its caller can look into
// why.
func TestPanicWithAnErrorThatPanics(t *testing.T) {
	sys := actor.NewSystem()
	var none *fs.PathError
	fails := actor.Func[int, int](func(context.Context, int) (int, error) { panic(error(none)) })
	ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return fails })
	require.NoError(t, err)
	_, err = ref.Call(t.Context(), 1)
	var panicked *actor.PanicError
	require.ErrorAs(t, err, &panicked)
	assert.NotErrorIs(t, err, fs.ErrExist)
	assert.Contains(t, string(panicked.Stack), "TestPanicWithAnErrorThatPanics")
	require.NoError(t, sys.Close(t.Context()))
}

// A call whose error panics when it is looked into fails, and the actor goes on.
func TestReplyOfAnErrorThatPanics(t *testing.T) {
	sys := actor.NewSystem()
	var none *fs.PathError
	fails := actor.Func[int, int](func(context.Context, int) (int, error) { return 0, fmt.Errorf("open: %w", none) })
	ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return fails })
	require.NoError(t, err)
	_, err = ref.Call(t.Context(), 1)
	require.Error(t, err)
	assert.NotErrorIs(t, err, fs.ErrExist)
	require.NoError(t, sys.Close(t.Context()))
}
