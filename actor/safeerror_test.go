package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

type panicsInIs struct{}

func (panicsInIs) Error() string { panic("text") }
func (panicsInIs) Is(error) bool { panic("class") }

type panicsOnlyInIs struct{ error }

func (panicsOnlyInIs) Is(error) bool { panic("class") }

type wraps struct{ error }

func (w wraps) Error() string { return "wraps " + w.error.Error() }
func (w wraps) Unwrap() error { return w.error }

// circle wraps itself.
type circle struct{}

func (circle) Error() string   { return "round" }
func (c circle) Unwrap() error { return c }

// unhashable panics when it is compared with its like.
type unhashable []string

func (u unhashable) Error() string { panic("unhashable: " + u[0]) }

// hostile is an error of which one method does something else.
type hostile struct {
	method string
	do     func()
}

func hostileMethods() map[string]bool {
	return map[string]bool{"Error": true, "Is": true, "As": true, "Unwrap": true}
}

func (h hostile) in(method string) {
	if h.method == method {
		h.do()
	}
}

func (h hostile) Error() string { h.in("Error"); return "hostile" }
func (h hostile) Is(error) bool { h.in("Is"); return false }
func (h hostile) As(any) bool   { h.in("As"); return false }
func (h hostile) Unwrap() error { h.in("Unwrap"); return nil }

type panicsInAs struct{ error }

func (panicsInAs) As(any) bool { panic("kind") }

func TestSafeError(t *testing.T) {
	var none *fs.PathError
	plain := errors.New("plain")
	for _, err := range []error{nil, plain, fmt.Errorf("a: %w", plain), errors.Join(plain, fs.ErrExist), &fs.PathError{Err: plain}} {
		assert.Equal(t, err, actor.SafeError(err))
	}
	var dial *net.OpError
	assert.Equal(t, &actor.NilPointerError{Type: "*fs.PathError"}, actor.SafeError(none))
	assert.Equal(t, &actor.NilPointerError{Type: "*net.OpError"}, actor.SafeError(dial))
	for text, err := range map[string]error{
		`the error "open: <nil>" (*fmt.wrapError) holds a nil *fs.PathError`:  fmt.Errorf("open: %w", none),
		`(*errors.joinError) holds a nil *fs.PathError`:                       errors.Join(plain, none),
		`(*errors.joinError) holds a nil *net.OpError: leave it out when it `: errors.Join(plain, dial),
		`(actor_test.wraps) holds a nil *net.OpError`:                         wraps{dial},
	} {
		var missing *actor.NilPointerError
		require.ErrorAs(t, actor.SafeError(err), &missing)
		assert.Contains(t, missing.Error(), text)
	}
	for text, err := range map[string]error{
		"class":           fmt.Errorf("a: %w", panicsOnlyInIs{plain}),
		"text":            fmt.Errorf("a: %w", panicsInIs{}),
		"kind":            panicsInAs{plain},
		"wraps itself":    circle{},
		"nil pointer":     &fs.PathError{},
		"unhashable: is ": unhashable{"is "},
	} {
		var panicked *actor.PanicError
		require.ErrorAs(t, actor.SafeError(err), &panicked)
		assert.Contains(t, panicked.Error(), text)
	}
}

// An error that is asked for ever, or ends who asks, is replaced, whichever
// method does it.
func TestSafeErrorOfWhatCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		defer close(stuck)
		for text, do := range map[string]func(){
			"runtime.Goexit was called": runtime.Goexit,
			"did not return within 5s":  func() { <-stuck },
		} {
			for method := range hostileMethods() {
				err := error(hostile{method, do})
				for _, err := range []error{err, wraps{err}, errors.Join(fs.ErrExist, err)} {
					sound := actor.SafeError(err)
					var bad *actor.BadError
					require.ErrorAs(t, sound, &bad, "%s: %s", method, text)
					assert.Contains(t, sound.Error(), text)
					assert.Equal(t, fmt.Sprintf("%T", err), bad.Type)
				}
			}
		}
	})
}

// Whoever panics with an error that panics has ended, and its caller can look into
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
