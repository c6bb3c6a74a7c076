package protobridge_test

import (
	"context"
	"testing"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/protobridge"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type kitRef = actor.Ref[targettest.Request, targettest.Response]

// plainReference is the kit's actor as a plain protoactor one.
func plainReference(ctx protoactor.Context) {
	req, ok := ctx.Message().(targettest.Request)
	if !ok {
		return
	}
	err := targettest.Handle(context.Background(), req, func(resp targettest.Response) error {
		if ctx.Sender() != nil {
			ctx.Respond(resp)
		}
		return nil
	})
	if err != nil && ctx.Sender() != nil {
		ctx.Respond(err)
	}
}

// spawnPlain starts a plain actor that is stopped with the test.
func spawnPlain(t testing.TB, receive protoactor.ReceiveFunc) *protoactor.PID {
	t.Helper()
	pid := plain().Root.Spawn(protoactor.PropsFromFunc(receive))
	t.Cleanup(func() { plain().Root.Stop(pid) })
	return pid
}

// withReason gives all rows the same reason.
func withReason(reason string, rows ...string) map[string]string {
	m := make(map[string]string, len(rows))
	for _, row := range rows {
		m[row] = reason
	}
	return m
}

func merge(maps ...map[string]string) map[string]string {
	all := make(map[string]string)
	for _, m := range maps {
		for row, reason := range m {
			all[row] = reason
		}
	}
	return all
}

// lacksStreams is what no Ref of To has.
func lacksStreams() map[string]string {
	return withReason("a plain actor answers once; Stream says that it is unsupported",
		"stream: items come in order, then the end",
		"stream: an error comes last, after all items",
		"stream: a request with one reply is a stream of one",
		"stream: it is single-use",
		"stream: leaving the loop cancels the handler",
		"stream: the handler is a bounded number ahead",
		"stream: canceled while running",
		"stream: a panic comes last",
		"stream: killed while running",
		"stream: nobody is there",
	)
}

func TestTargetPlainActor(t *testing.T) {
	once := "a plain actor keeps its PID when it is restarted, and nothing comes after a stop"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject {
			pid := spawnPlain(t, plainReference)
			ref := protobridge.To[targettest.Request, targettest.Response](plain(), pid)
			return targettest.Subject{
				Ref:  ref,
				Stop: func() { plain().Root.Stop(pid) },
				GiveUp: func() {
					down := ref.Watch(context.Background())
					plain().Root.Stop(pid)
					<-down
				},
			}
		},
		Nobody: func(*testing.T) kitRef {
			return protobridge.To[targettest.Request, targettest.Response](plain(), plain().NewLocalPID("nobody"))
		},
		Provoke: map[string]func(t *testing.T) error{
			"ending: the other side broke the protocol": func(t *testing.T) error {
				pid := spawnPlain(t, func(ctx protoactor.Context) {
					if ctx.Sender() != nil {
						ctx.Respond("what?")
					}
				})
				_, err := protobridge.To[targettest.Request, targettest.Response](plain(), pid).Call(t.Context(), targettest.Request{})
				return err
			},
		},
		Lacks: merge(
			lacksStreams(),
			withReason("protoactor drops the request in which an actor panics, restarts the actor and tells nobody",
				"ending: a panic", "ending: the actor exits", "cast: a panic ends the life"),
			withReason("protoactor cannot kill an actor, only ask it to stop",
				"call: a request runs at most once", "ending: killed while running",
				"ending: queued when the last life ended", "watch: the reason of a crash"),
			withReason("protoactor does not carry contexts: not their values, and not their end",
				"call: values of the context travel", "context: canceled while running, and the handler sees it",
				"context: deadline while running"),
			withReason("a plain actor does not say when it begins",
				"context: canceled while queued"),
			withReason("protoactor does not say why an actor stopped, nor tells its handler",
				"watch: the reason of an orderly stop", "watch: a stop lets the running request end first"),
			withReason("mailboxes of protoactor have no bound that does not block or break them",
				"overload: a call waits for room", "overload: canceled while it waits for room", "overload: NoWait does not wait",
				"overload: Reject refuses", "overload: DropOldest tells whom it drops", "overload: one who has gone takes up no room"),
			withReason(once, "watch: while no life is there, it waits for the next",
				"restart: a Ref outlives the lives", "restart: the PID is another, and greater",
				"restart: what was queued is answered by the next life", "restart: what is sent between two lives waits",
				"restart: canceled between two lives", "restart: giving up between two lives answers what waits"),
			withReason("it is not a part of this system", "ending: draining"),
			withReason("needs a node elsewhere", "ending: link lost"),
			withReason("who cannot start has no PID", "ending: failed to start"),
			withReason("there is one program", "ending: other version or tasks"),
			withReason("requests are not blamed", "ending: quarantined"),
		),
		Check: func(t *testing.T, row string, err error) {
			t.Helper()
			if row == "ending: the request's own error" {
				assert.EqualError(t, err, "call "+err.(*actor.CallError).PID.String()+": no such pigeon") //nolint:errorlint // the row has looked at it
			}
		},
		Golden: "testdata/target-plain.txt",
	})
}

// There and back: a Ref that was exposed, seen as a plain actor. Contexts do
// not travel, but lives, panics and bounds are those of the actor behind.
func TestTargetThereAndBack(t *testing.T) {
	spawn := func(t *testing.T) (*actor.System, kitRef, kitRef) {
		sys := newSystem(t)
		ref, err := actor.Spawn(t.Context(), sys, "subject", func(kitRef) actor.Behavior[targettest.Request, targettest.Response] {
			return reference{}
		})
		require.NoError(t, err)
		pid, err := protobridge.Expose(plain(), t.Name(), ref)
		require.NoError(t, err)
		t.Cleanup(func() { plain().Root.Stop(pid) })
		return sys, ref, protobridge.To[targettest.Request, targettest.Response](plain(), pid)
	}
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject {
			sys, ref, back := spawn(t)
			exit := func() {
				if pid, ok := ref.PID(); ok {
					_ = sys.Exit(pid, actor.ErrShutdown)
				}
			}
			return targettest.Subject{
				Ref:   back,
				Stop:  exit,
				Drain: sys.Drain,
				Kill: func() {
					now, cancel := context.WithCancel(context.Background())
					cancel()
					_ = sys.Close(now)
				},
			}
		},
		Lacks: merge(
			lacksStreams(),
			withReason("a goroutine has no exit but Stop, which replies first", "ending: the actor exits"),
			withReason("protoactor does not carry contexts: not their values, and not their end",
				"call: values of the context travel", "context: canceled while running, and the handler sees it",
				"context: deadline while running"),
			withReason("a plain actor does not say when it begins", "context: canceled while queued"),
			withReason("when the news of the end is faster than the request, it is unknown whether that had begun",
				"ending: queued when the last life ended"),
			withReason("protoactor does not say why an actor stopped",
				"ending: a panic", "cast: a panic ends the life", "watch: the reason of an orderly stop",
				"watch: a stop lets the running request end first"),
			withReason("full is seen by the exposed side alone",
				"overload: a call waits for room", "overload: canceled while it waits for room", "overload: NoWait does not wait",
				"overload: Reject refuses", "overload: DropOldest tells whom it drops", "overload: one who has gone takes up no room"),
			withReason("an exposed name stays when its actor is gone", "ending: gave up", "watch: a Down comes after the old life has let go"),
			withReason("a plain name that never was is a row of the plain actor", "ending: never was"),
			withReason("who sends a plain cast is told nothing", "ending: draining"),
			withReason("a plain PID has no lives", "watch: while no life is there, it waits for the next",
				"restart: a Ref outlives the lives", "restart: the PID is another, and greater",
				"restart: what was queued is answered by the next life", "restart: what is sent between two lives waits",
				"restart: canceled between two lives", "restart: giving up between two lives answers what waits"),
			withReason("needs a node elsewhere", "ending: link lost"),
			withReason("who cannot start has no PID", "ending: failed to start"),
			withReason("there is one program", "ending: other version or tasks"),
			withReason("both sides are of this package", "ending: the other side broke the protocol"),
			withReason("requests are not blamed", "ending: quarantined"),
		),
		Golden: "testdata/target-there-and-back.txt",
	})
}
