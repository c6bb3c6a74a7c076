package foreigncode_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
)

// custom is a Behavior made of functions.
type custom struct {
	receive, terminate func()
	init               func() error
}

func (c custom) Receive(context.Context, int, func(int) error) error {
	if c.receive != nil {
		c.receive()
	}
	return nil
}

func (c custom) Init(context.Context) error {
	if c.init != nil {
		return c.init()
	}
	return nil
}

func (c custom) Terminate(error) {
	if c.terminate != nil {
		c.terminate()
	}
}

func spawn(t *testing.T, sys *actor.System, b actor.Behavior[int, int]) actor.Ref[int, int] {
	t.Helper()
	ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return b }, actor.WithShutdown(100*time.Millisecond))
	require.NoError(t, err)
	return ref
}

func actorRows() []row {
	return []row{{
		place: "`Behavior.Receive`, `Func`",
		names: "actor.Behavior actor.Func actor.Func.Receive actor.SpawnFunc supervise.ActorFunc",
		says: map[string]string{
			panics: "the actor ends with a `*PanicError`, which the caller gets too", exits: "the same",
			blocks: "the call ends with its ctx; the actor is abandoned when it does not stop in its `Shutdown`", isNil: "`Spawn` fails and says so",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			if column == isNil {
				for _, b := range []actor.Behavior[int, int]{nil, actor.Func[int, int](nil)} {
					_, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return b })
					require.ErrorContains(t, err, "no behavior, but nil")
				}
				return
			}
			ref := spawn(t, sys, custom{receive: harm})
			down := ref.Watch(t.Context())
			if column == blocks {
				_, err := ref.Call(brief(t), 1)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Error(t, sys.Close(t.Context()), "it is named")
				return
			}
			_, err := ref.Call(t.Context(), 1)
			var crash *actor.PanicError
			require.ErrorAs(t, err, &crash)
			require.ErrorAs(t, (<-down).Reason, &crash)
		},
	}, {
		place: "`fresh` of `Spawn` and `supervise.Actor`",
		names: "actor.Spawn supervise.Actor",
		says: map[string]string{
			panics: "a failed start", exits: "the caller's; the name is free again",
			blocks: "the caller's; that of a supervised child is abandoned", isNil: "a failed start that says so",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			start := func() error {
				_, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] {
					harm()
					return custom{}
				})
				return err
			}
			switch column {
			case isNil:
				_, err := actor.Spawn[int, int](t.Context(), sys, "a", nil)
				require.ErrorContains(t, err, "fresh is nil")
			case panics:
				require.ErrorContains(t, start(), "of the user")
			default:
				callers(t, column, func() { _ = start() })
			}
			if column != blocks {
				spawn(t, sys, custom{})
			}
		},
	}, {
		place: "`Initializer.Init`",
		names: "actor.Initializer",
		says: map[string]string{
			panics: "a failed start", exits: "a failed start",
			blocks: "a failed start 100 ms after the end of ctx; the goroutine is abandoned", isNil: "its error nil is success; a nil pointer as error is a failed start",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			_, err := actor.Spawn(ctx, sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] {
				return custom{init: func() error {
					if column == isNil {
						var none *fs.PathError
						return none
					}
					harm()
					return nil
				}}
			})
			var failed *actor.StartError
			require.ErrorAs(t, err, &failed)
			spawn(t, sys, custom{init: func() error { return nil }})
		},
	}, {
		place: "`Terminator.Terminate`",
		names: "actor.Terminator",
		says: map[string]string{
			panics: "the reason of the end is that `*PanicError`", exits: "the same",
			blocks: "the actor is abandoned at its `Shutdown`", isNil: "its reason is never nil",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			if column == isNil {
				harm = func() {}
			}
			ref := spawn(t, sys, custom{terminate: harm})
			down := ref.Watch(t.Context())
			err := sys.Stop(t.Context(), "a")
			_ = err // whether being abandoned is an error is that of Stop
			reason := (<-down).Reason
			var crash *actor.PanicError
			switch column {
			case blocks:
				assert.ErrorIs(t, reason, actor.ErrKilled)
			case isNil:
				assert.ErrorIs(t, reason, actor.ErrShutdown)
			default:
				assert.ErrorAs(t, reason, &crash)
			}
		},
	}, {
		place: "a `slog.Handler`, and what is in its records",
		names: "actor.WithLogger",
		says: map[string]string{
			panics: "the record is lost, which the next that works tells", exits: "the same",
			blocks: "waited for a quarter of a second; then 1 MiB of records wait, and more are lost and counted. `System.Close` waits a second", isNil: "`slog.Default`",
		},
		run: func(t *testing.T, column string, harm func()) {
			if column == isNil {
				sys := actor.NewSystem(actor.WithLogger(nil), nil)
				assert.NotNil(t, sys.Logger())
				closes(t, sys)
				return
			}
			sys := actor.NewSystem(actor.WithLogger(slog.New(handler{slog.DiscardHandler, harm})))
			ref := spawn(t, sys, actor.Func[int, int](func(context.Context, int) (int, error) { panic("for the log") }))
			_, err := ref.Call(t.Context(), 1)
			require.Error(t, err)
			sys.Logger().With("k", 1).WithGroup("g").Info("more")
			closes(t, sys)
		},
	}, {
		place: "a `context.Context` of your own",
		names: "actor.Ref.Call actor.Ref.Cast actor.Ref.Stream",
		says: map[string]string{
			panics: "the caller's", exits: "the caller's", blocks: "the caller's",
			isNil: "`actor.ErrNoContext` of what returns an error, and nothing is done; elsewhere it never ends",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			ref := spawn(t, sys, custom{})
			if column != isNil {
				callers(t, column, func() { _, _ = ref.Call(ownContext{t.Context(), harm}, 1) })
				return
			}
			nilContexts(t, sys, ref)
		},
	}, {
		place: "a `Target` of your own",
		names: "actor.Target actor.NewRef",
		says:  map[string]string{panics: "the caller's", exits: "the caller's", blocks: "the caller's", isNil: "a Ref that answers `ErrNoActor`"},
		run: func(t *testing.T, column string, harm func()) {
			if column == isNil {
				_, err := actor.NewRef[int, int](nil).Call(t.Context(), 1)
				require.ErrorIs(t, err, actor.ErrNoActor)
				return
			}
			callers(t, column, func() { _, _ = actor.NewRef[int, int](ownTarget{do: harm}).Call(t.Context(), 1) })
		},
	}, {
		place: "`take` of `WithDeadLetters`",
		names: "actor.WithDeadLetters",
		says: map[string]string{
			panics: "it costs that letter; the log has the first", exits: "the same",
			blocks: "1024 letters wait, and more are lost and counted; `System.Close` waits a second", isNil: "nobody gets them",
		},
		run: func(t *testing.T, _ string, harm func()) {
			var take func(actor.DeadLetter)
			if harm != nil {
				take = func(actor.DeadLetter) { harm() }
			}
			sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)), actor.WithDeadLetters(take))
			for range 3 {
				sys.DeadLetter(actor.DeadLetter{Request: 1, Reason: actor.ErrNoActor})
			}
			closes(t, sys)
		},
	}, {
		place: "`dropped` of `mailbox.New`",
		names: "mailbox.New",
		says: map[string]string{
			panics: "that of who put, dropped or closed; the queue goes on", exits: "the same", blocks: "the same", isNil: "nobody is told",
		},
		run: func(t *testing.T, column string, harm func()) {
			var dropped func(int)
			if harm != nil {
				dropped = func(int) { harm() }
			}
			q := mailbox.New(mailbox.Config{Capacity: 1, Overflow: mailbox.DropOldest}, dropped)
			require.NoError(t, q.TryPut(1))
			if column == isNil {
				require.NoError(t, q.TryPut(2))
			} else {
				callers(t, column, func() { _ = q.TryPut(2) })
			}
			v, err := q.Take(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 2, v)
		},
	}}
}

// handler does something with each record.
type handler struct {
	slog.Handler
	do func()
}

func (h handler) Enabled(context.Context, slog.Level) bool  { return true }
func (h handler) Handle(context.Context, slog.Record) error { h.do(); return nil }
func (h handler) WithAttrs([]slog.Attr) slog.Handler        { h.do(); return h }
func (h handler) WithGroup(string) slog.Handler             { h.do(); return h }

// ownContext does something when it is asked whether it has ended.
type ownContext struct {
	context.Context //nolint:containedctx // it is one
	do              func()
}

func (c ownContext) Err() error { c.do(); return errors.New("ended") }

// ownTarget does something when it is called.
type ownTarget struct {
	actor.Target[int, int]
	do func()
}

func (o ownTarget) Call(context.Context, int) (int, error) { o.do(); return 0, nil }
