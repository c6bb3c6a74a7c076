package actor_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	kitRef      = actor.Ref[targettest.Request, targettest.Response]
	kitBehavior = actor.Behavior[targettest.Request, targettest.Response]
)

// reference is the kit's actor as a Behavior.
type reference struct{}

func (reference) Receive(ctx context.Context, req targettest.Request, emit func(targettest.Response) error) error {
	return targettest.Handle(ctx, req, emit)
}

func freshReference(kitRef) kitBehavior { return reference{} }

// newSystem returns a system that logs nothing and is closed with the test.
func newSystem(t testing.TB) *actor.System {
	t.Helper()
	return newLoggingSystem(t, slog.DiscardHandler)
}

// newLoggingSystem is newSystem that logs to log.
func newLoggingSystem(t testing.TB, log slog.Handler) *actor.System {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
	t.Cleanup(func() { _ = sys.Close(context.Background()) })
	return sys
}

// box translates the kit's policies.
func box(o targettest.Overflow) mailbox.Config {
	return mailbox.Config{Capacity: 1, Overflow: map[targettest.Overflow]mailbox.Overflow{
		targettest.Wait: mailbox.Block, targettest.Reject: mailbox.Reject, targettest.DropOldest: mailbox.DropOldest,
	}[o]}
}

// checkInProcess looks at the errors that in-process actors end with.
func checkInProcess(t *testing.T, row string, err error) {
	t.Helper()
	switch row {
	case "ending: a panic", "stream: a panic comes last":
		var crash *actor.PanicError
		require.ErrorAs(t, err, &crash)
		assert.Contains(t, string(crash.Stack), "targettest.perform", "the stack is that of the panic")
	case "ending: killed while running", "stream: killed while running", "watch: the reason of a crash":
		assert.ErrorIs(t, err, actor.ErrKilled)
	case "watch: the reason of an orderly stop":
		assert.ErrorIs(t, err, actor.ErrShutdown)
	}
}

// lacksInProcess is what no in-process actor can cause.
func lacksInProcess(more map[string]string) map[string]string {
	lacks := map[string]string{
		"ending: the actor exits":                   "a goroutine has no exit but Stop, which replies first",
		"ending: link lost":                         "there is no link",
		"ending: failed to start":                   "who cannot start has no Ref, or is held until it can",
		"ending: other version or tasks":            "there is one program",
		"ending: the other side broke the protocol": "there is no protocol",
		"ending: quarantined":                       "requests are not blamed for panics in process",
	}
	for row, reason := range more {
		lacks[row] = reason
	}
	return lacks
}

// Guarantee(calls): Every ending of a call to an actor in the same process is in a documented table, and says how far the request got.
func TestTargetUnsupervised(t *testing.T) {
	spawn := func(t *testing.T, opts ...actor.SpawnOption) targettest.Subject {
		sys := newSystem(t)
		ref, err := actor.Spawn(t.Context(), sys, "subject", freshReference, opts...)
		require.NoError(t, err)
		exit := func(reason error) {
			if pid, ok := ref.PID(); ok {
				_ = sys.Exit(pid, reason)
			}
		}
		return targettest.Subject{
			Ref:  ref,
			Stop: func() { exit(actor.ErrShutdown) },
			Kill: func() {
				now, cancel := context.WithCancel(context.Background())
				cancel()
				_ = sys.Close(now)
			},
			Drain: sys.Drain,
			GiveUp: func() {
				down := ref.Watch(context.Background())
				exit(actor.ErrShutdown)
				<-down
			},
		}
	}
	once := "the System forgets an actor at its first end"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject { return spawn(t) },
		Full: func(t *testing.T, o targettest.Overflow) targettest.Subject {
			return spawn(t, actor.WithMailbox(box(o)))
		},
		Nobody: func(t *testing.T) kitRef {
			return actor.RefAt[targettest.Request, targettest.Response](newSystem(t), "nobody")
		},
		Check: checkInProcess,
		Lacks: lacksInProcess(map[string]string{
			"watch: while no life is there, it waits for the next":    once,
			"restart: a Ref outlives the lives":                       once,
			"restart: the PID is another, and greater":                once,
			"restart: what was queued is answered by the next life":   once,
			"restart: what is sent between two lives waits":           once,
			"restart: canceled between two lives":                     once,
			"restart: giving up between two lives answers what waits": once,
		}),
		Golden: "testdata/target-unsupervised.txt",
	})
}

func inSlot(t *testing.T, opts ...actor.SpawnOption) targettest.Subject {
	t.Helper()
	sys := newSystem(t)
	o := own(t, sys, "top/subject", spawning(freshReference, opts...))
	return targettest.Subject{
		Ref:    actor.RefAt[targettest.Request, targettest.Response](sys, "top/subject"),
		Kill:   func() { o.slot.Kill(actor.ErrKilled) },
		Stop:   func() { o.slot.Stop(actor.ErrShutdown) },
		Hold:   o.hold,
		Resume: o.resume,
		GiveUp: o.giveUp,
		Drain:  sys.Drain,
	}
}

func TestTargetInSlot(t *testing.T) {
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject { return inSlot(t) },
		Full: func(t *testing.T, o targettest.Overflow) targettest.Subject {
			return inSlot(t, actor.WithMailbox(box(o)))
		},
		Nobody: func(t *testing.T) kitRef {
			return actor.RefAt[targettest.Request, targettest.Response](newSystem(t), "top/nobody")
		},
		Check: checkInProcess,
		Lacks: lacksInProcess(map[string]string{
			"ending: queued when the last life ended": "another life comes and answers it",
		}),
		Golden: "testdata/target-slot.txt",
	})
}
