package foreigncode_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// troubled is an error of which one method does harm.
type troubled struct {
	method string
	do     func()
}

func methods() []string { return []string{"Error", "Is", "As", "Unwrap", "ExitCause"} }

func (e troubled) in(method string) {
	if e.method == method {
		e.do()
	}
}

func (e troubled) Error() string { e.in("Error"); return "troubled" }
func (e troubled) Is(error) bool { e.in("Is"); return false }
func (e troubled) As(any) bool   { e.in("As"); return false }
func (e troubled) Unwrap() error { e.in("Unwrap"); return nil }

// ExitCause implements [supervise.Causer].
func (e troubled) ExitCause() supervise.Cause { e.in("ExitCause"); return supervise.Cause{} }

// wraps wraps an error, and prints it.
type wraps struct{ error }

func (w wraps) Error() string { return "wraps " + w.error.Error() }
func (w wraps) Unwrap() error { return w.error }

// troubles are errors that do harm; in the column isNil they hold a nil pointer.
func troubles(column string, harm func()) []error {
	if column == isNil {
		var path *fs.PathError
		var dial *net.OpError
		return []error{path, dial, wraps{path}, errors.Join(fs.ErrExist, dial), wraps{errors.Join(path)}}
	}
	var all []error
	for _, method := range methods() {
		err := troubled{method, harm}
		all = append(all, err, wraps{err}, errors.Join(fs.ErrExist, err))
	}
	return all
}

const (
	standsPanic = "a `*PanicError` stands for it"
	standsBad   = "a `*BadError` stands for it"
	standsSlow  = "a `*BadError` stands for it after five seconds"
	standsNil   = "a nil pointer, also one that is wrapped or joined, is a `*NilPointerError`"
)

func errorRows() []row {
	says := map[string]string{panics: standsPanic, exits: standsBad, blocks: standsSlow, isNil: standsNil}
	return []row{{
		place: "methods of an error, as the reason of an end or of a failed start",
		names: "actor.Life.End actor.System.Exit actor.Stop actor.Slot.Stop actor.Slot.Kill actor.Slot.Release actor.SafeError actor.IsNormal supervise.CauseOf supervise.Survivable",
		says:  says,
		run: func(t *testing.T, column string, harm func()) {
			for _, err := range troubles(column, harm) {
				t.Run("", func(t *testing.T) {
					t.Parallel()
					reasons(t, err)
				})
			}
		},
	}, {
		place: "methods of an error that a task or an actor returns",
		names: "procactor.NewTask",
		says: map[string]string{
			panics: "it fails as text that says so; other calls of the worker go on", exits: "the same", blocks: "the same, after five seconds",
			isNil: "it fails, and the text names the type",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			w, err := procactor.Start(t.Context(), sys, "w", worker())
			require.NoError(t, err)
			bystander := make(chan error, 1)
			go func() {
				_, err := lasting.On(w).Call(t.Context(), 0)
				bystander <- err
			}()
			<-lastingBegan(t, w)
			for _, method := range append(methods()[:4], "wrapped", "joined") {
				_, err = faulty.On(w).Call(t.Context(), ask{In: method, What: column})
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own, method)
				var call *actor.CallError
				require.ErrorAs(t, err, &call)
				assert.Equal(t, actor.Done, call.Delivery)
				if column == isNil {
					assert.Contains(t, own.Message, "nil *fs.PathError")
				}
			}
			lastingEnds(t, w)
			require.NoError(t, <-bystander, "it is of the same worker")
		},
	}, {
		place: "`Match.Is` and an error's `Is` that a Decider asks",
		names: "supervise.Match.Is supervise.Causer",
		says:  map[string]string{panics: "the rule does not fit", exits: "the rule does not fit", blocks: "the rule does not fit, after five seconds", isNil: "the rule asks for no error"},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			var is, reason error = errTarget, picky{harm}
			if column == isNil {
				is, reason = nil, errors.New("any")
			}
			rules := supervise.Decider{{When: supervise.Match{Is: is}, Do: supervise.DoStop}}
			goOn := make(chan struct{})
			child := supervise.Go("c", func(context.Context) error { <-goOn; return reason })
			child.Decider, child.Restart = rules, supervise.Temporary
			sup := startTree(t, sys, child)
			events := sup.Events(t.Context())
			close(goOn)
			for e := range events {
				if e.Kind == supervise.EventExited {
					assert.Equal(t, column == isNil, e.Rule == 1)
					break
				}
			}
		},
	}}
}

var errTarget = errors.New("asked for")

// picky does harm only when it is asked for one error.
type picky struct{ do func() }

func (picky) Error() string { return "picky" }

func (p picky) Is(target error) bool {
	if target == errTarget {
		p.do()
	}
	return false
}

// reasons holds that a child of each kind may end, or fail to start, with err,
// and that the tree can be asked and closed.
func reasons(t *testing.T, err error) {
	t.Helper()
	sys := system(t)
	sound := actor.SafeError(err)
	if _, asked := err.(troubled); !asked || err.(troubled).method != "ExitCause" { //nolint:errorlint,forcetypeassert // of the test
		_ = sound.Error()
	}
	goOn := make(chan struct{})
	fails := func(context.Context) error { <-goOn; return err }
	service, every := supervise.Go("service", fails), supervise.Every("every", supervise.Interval(1).AtOnce(), fails)
	lasting := supervise.Every("lasting", supervise.Interval(time.Hour).AtOnce(), func(ctx context.Context) error { return supervise.Survivable(fails(ctx)) })
	behavior := supervise.ActorFunc("actor", func(context.Context, int) (int, error) { return 0, actor.Stop(err) })
	children := []supervise.ChildSpec{service, every, lasting, behavior}
	for i := range children {
		children[i].Restart = supervise.Temporary
		children[i].Decider = supervise.Decider{{When: supervise.Match{Is: errTarget}, Do: supervise.DoEscalate}}
	}
	sup := startTree(t, sys, children...)
	events := sup.Events(t.Context())
	_, callErr := actor.RefAt[int, int](sys, "top/actor").Call(t.Context(), 1)
	_ = callErr
	close(goOn)
	left := []string{"service", "every", "lasting", "actor"}
	for e := range events {
		_ = e.String()
		if e.Kind == supervise.EventExited || e.Kind == supervise.EventRunFailed {
			left = slices.DeleteFunc(left, func(id string) bool { return id == e.Child })
		}
		if len(left) == 0 {
			break
		}
	}
	_, startErr := sup.StartChild(t.Context(), supervise.ChildSpec{ID: "failing", Start: func(context.Context, *actor.Slot) error { return err }})
	require.Error(t, startErr)
	_, snapErr := sup.Snapshot(t.Context())
	require.NoError(t, snapErr)
	spawned, spawnErr := actor.Spawn(t.Context(), sys, "exits", func(actor.Ref[int, int]) actor.Behavior[int, int] { return custom{} })
	require.NoError(t, spawnErr)
	pid, _ := spawned.PID()
	down := spawned.Watch(t.Context())
	require.NoError(t, sys.Exit(pid, err))
	assert.Error(t, (<-down).Reason)
}

func startTree(t *testing.T, sys *actor.System, children ...supervise.ChildSpec) *supervise.Supervisor {
	t.Helper()
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: children})
	require.NoError(t, err)
	return sup
}
