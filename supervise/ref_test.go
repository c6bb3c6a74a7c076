package supervise_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/supervise"
)

// requests returns the codec of all kinds of requests.
func requests(t *testing.T) codec.Codec[supervise.Request] {
	t.Helper()
	c, err := codec.Union(allRequests()...)
	require.NoError(t, err)
	return c
}

func allRequests() []supervise.Request {
	return []supervise.Request{
		supervise.StartInstance{},
		supervise.TerminateChild{},
		supervise.RestartChild{},
		supervise.DeleteChild{},
		supervise.ResumeChild{},
		supervise.WhichChildren{},
		supervise.CountChildren{},
		supervise.TakeSnapshot{},
		supervise.WhichChild{},
		supervise.GetChildSpec{},
	}
}

// travel sends the request and its reply as bytes, as another node would.
func travel(t *testing.T, ref actor.Ref[supervise.Request, supervise.Reply], req supervise.Request) (supervise.Reply, error) {
	t.Helper()
	c := requests(t)
	b, err := c.Append(nil, req)
	require.NoError(t, err)
	there, err := c.Parse(b)
	require.NoError(t, err)
	require.Equal(t, req, there)
	reply, err := ref.Call(t.Context(), there)
	replies := codec.CBOR[supervise.Reply]()
	b, coded := replies.Append(nil, reply)
	require.NoError(t, coded)
	back, coded := replies.Parse(b)
	require.NoError(t, coded)
	want, coded := json.Marshal(reply)
	require.NoError(t, coded)
	got, coded := json.Marshal(back)
	require.NoError(t, coded)
	assert.JSONEq(t, string(want), string(got))
	return back, err
}

// Whoever knows the methods of a handle knows the requests, and the other way round.
func TestRequestsAreNamedAsTheMethods(t *testing.T) {
	t.Parallel()
	handle := reflect.TypeFor[*supervise.Supervisor]()
	for _, req := range allRequests() {
		name := reflect.TypeOf(req).Name()
		if name == "TakeSnapshot" { // Snapshot is its answer
			name = "Snapshot"
		}
		_, ok := handle.MethodByName(name)
		assert.True(t, ok, "no method Supervisor.%s", name)
	}
}

// Guarantee(blind): A supervisor is an actor itself: its Ref answers questions and takes commands as plain data, which can be encoded.
func TestRefOfASupervisor(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		inner := supervise.Child(supervise.Spec{Name: "s", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne}, Children: []supervise.ChildSpec{idle("w")}})
		sup := start(t, sys, supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true}, idle("a"), inner)
		ref := actor.RefAt[supervise.Request, supervise.Reply](sys, "top")
		assert.Equal(t, sup.Ref(), ref)
		pid, ok := ref.PID()
		assert.True(t, ok)
		assert.Equal(t, sup.PID(), pid)

		one, err := travel(t, ref, supervise.WhichChild{ID: "a"})
		require.NoError(t, err)
		info, err := sup.WhichChild(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, []supervise.ChildInfo{info}, one.Children)
		assert.Equal(t, supervise.Running, info.State)
		one, err = travel(t, ref, supervise.GetChildSpec{ID: "s"})
		require.NoError(t, err)
		assert.Equal(t, supervise.SpecInfo{ID: "s", Shutdown: supervise.Infinity, Type: supervise.SupervisorChild}, one.Spec)
		spec, err := sup.GetChildSpec(t.Context(), "s")
		require.NoError(t, err)
		_, nested := spec.Spec()
		assert.True(t, nested)
		_, err = travel(t, ref, supervise.GetChildSpec{ID: "z"})
		require.ErrorIs(t, err, supervise.ErrNotFound)
		assert.Equal(t, "top", ref.Name())

		_, err = travel(t, ref, supervise.TerminateChild{ID: "a"})
		require.NoError(t, err)
		got, err := travel(t, ref, supervise.RestartChild{ID: "a"})
		require.NoError(t, err)
		a, _ := sys.PIDAt("top/a")
		assert.Equal(t, a, got.PID)
		got, err = travel(t, ref, supervise.WhichChildren{})
		require.NoError(t, err)
		which, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, which, got.Children)
		got, err = travel(t, ref, supervise.CountChildren{})
		require.NoError(t, err)
		assert.Equal(t, supervise.Counts{Specs: 2, Active: 2, Supervisors: 1, Workers: 1}, got.Counts)
		got, err = travel(t, supervise.SupervisorAt(sys, "top/s").Ref(), supervise.StartInstance{})
		require.NoError(t, err)
		assert.Equal(t, "top/s/w#1", got.PID.Name)
		got, err = travel(t, ref, supervise.TakeSnapshot{})
		require.NoError(t, err)
		assert.Equal(t, "a running, s running [w#1 running]", phases(*got.Snapshot))

		_, err = travel(t, ref, supervise.DeleteChild{ID: "a"})
		require.ErrorIs(t, err, supervise.ErrRunning)
		var call *actor.CallError
		require.ErrorAs(t, err, &call)
		assert.Equal(t, actor.Done, call.Delivery)
		assert.Equal(t, pid, call.PID)
		_, err = travel(t, ref, supervise.ResumeChild{ID: "a"})
		require.ErrorIs(t, err, supervise.ErrNotOpen)

		items := 0
		for reply, err := range ref.Stream(t.Context(), supervise.CountChildren{}) {
			require.NoError(t, err)
			assert.Equal(t, 2, reply.Counts.Specs)
			items++
		}
		assert.Equal(t, 1, items)
	})
}

func TestRefOfASupervisorThatIsNotThere(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		ref := sup.Ref()
		cell, ok := sys.CellAt("top")
		require.True(t, ok)
		old := actor.NewRef(cell.(actor.Target[supervise.Request, supervise.Reply]))
		down := ref.Watch(t.Context())

		_, err := ref.Call(t.Context(), nil)
		require.ErrorIs(t, err, actor.ErrNotStarted)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = ref.Call(ended, supervise.CountChildren{})
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, ref.Cast(ended, supervise.CountChildren{}), context.Canceled)
		require.NoError(t, ref.Cast(t.Context(), supervise.TakeSnapshot{}))
		require.NoError(t, ref.Cast(t.Context(), supervise.TerminateChild{ID: "a"}))
		synctest.Wait()
		assert.Equal(t, "a stopped", phases(snapshot(t, sup)))
		once := old.Stream(t.Context(), supervise.CountChildren{})
		for range once {
		}
		for _, err := range once {
			require.ErrorIs(t, err, actor.ErrStreamUsed)
		}

		require.NoError(t, sup.Stop(t.Context()))
		assert.ErrorIs(t, (<-down).Reason, actor.ErrShutdown)
		for _, gone := range []actor.Ref[supervise.Request, supervise.Reply]{ref, old} {
			_, ok := gone.PID()
			assert.False(t, ok)
			for _, req := range []supervise.Request{supervise.CountChildren{}, supervise.TakeSnapshot{}} {
				_, err = gone.Call(t.Context(), req)
				require.ErrorIs(t, err, actor.ErrNoActor)
				require.ErrorIs(t, err, actor.ErrNotStarted)
			}
			require.ErrorIs(t, gone.Cast(t.Context(), supervise.CountChildren{}), actor.ErrNoActor)
		}
		_, err = actor.RefAt[string, string](sys, "top").Call(t.Context(), "hello")
		assert.ErrorIs(t, err, actor.ErrNoActor)
	})
}

func TestRefWhileTheSystemDrains(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		require.NoError(t, sys.Drain(t.Context()))
		_, err := sup.Ref().Call(t.Context(), supervise.CountChildren{})
		require.ErrorIs(t, err, actor.ErrDraining)
		_, err = sup.CountChildren(t.Context())
		require.NoError(t, err, "its owner still can")
	})
}

// A pointer to a request is one, too: Go gives it the same methods.
func TestRefTakesPointers(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		ref := start(t, sys, supervise.Policy{}, idle("a")).Ref()
		reply, err := ref.Call(t.Context(), &supervise.TakeSnapshot{})
		require.NoError(t, err)
		assert.Equal(t, "top", reply.Snapshot.Path)
		var none *supervise.TakeSnapshot
		_, err = ref.Call(t.Context(), none)
		assert.ErrorContains(t, err, "no request")
		assert.ErrorContains(t, ref.Cast(t.Context(), none), "no request")
	})
}
