package procactor_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(calls): A call is delivered at most once: when its worker dies, the caller is told, and the call is not repeated.
func TestAtMostOnce(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	s := newStage(t)
	got := call(t.Context(), puppet.On(pool), s.part("once"))
	s.next(t).do("exit 1")
	failed(t, wait(t, "the call's end", got).err, actor.Unknown)
	works(t, pool)
	assert.Empty(t, s.entered)

	// A stream is not repeated either, whatever its task says: items were seen.
	seen := 0
	var last error
	for _, err := range count.Idempotent().On(pool).Stream(t.Context(), -1) {
		if last = err; err != nil {
			continue
		}
		if seen++; seen == 1 {
			killProcess(t, procactor.ProcessID(pool))
		}
	}
	failed(t, last, actor.Unknown)
}

// Guarantee(calls): A call of an idempotent task whose worker dies is delivered again, and the task sees how often.
func TestIdempotentCallsAreDeliveredAgain(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	s := newStage(t)
	got := call(t.Context(), puppet.Idempotent().On(pool), s.part("again"))
	first := s.next(t)
	assert.Equal(t, 1, first.Attempt)
	first.do("exit 1")
	second := s.next(t)
	assert.Equal(t, 2, second.Attempt)
	assert.NotEqual(t, first.Process, second.Process)
	killProcess(t, second.Process)
	third := s.next(t)
	assert.Equal(t, 3, third.Attempt)
	third.do("return at last")
	a := wait(t, "the reply", got)
	require.NoError(t, a.err)
	assert.Equal(t, "at last", a.out)
}

// A call that a death sent back comes before those that wait already, and those
// keep their order.
func TestCallsThatADeathSentBackComeFirst(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	s := newStage(t)
	ref := puppet.Idempotent().On(pool)
	ends := []<-chan answer[string]{call(t.Context(), ref, s.part("first"))}
	running := s.next(t)
	for i, key := range []string{"second", "third"} {
		ends = append(ends, call(t.Context(), ref, s.part(key)))
		require.Eventually(t, func() bool { return procactor.Waiting(pool) == i+1 }, patience, time.Millisecond)
	}
	running.do("exit 1")
	for _, key := range []string{"first", "second", "third"} {
		player := s.next(t)
		assert.Equal(t, key, player.Key)
		player.do("return well")
	}
	for _, end := range ends {
		require.NoError(t, wait(t, "the call's end", end).err)
	}
}

// Guarantee(poison): A request that has killed three workers is quarantined, with every death on record, and the pool goes on.
func TestPoison(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	s := newStage(t)
	got := call(t.Context(), puppet.Idempotent().On(pool), s.part("poison"))
	s.next(t).do("panic first")
	killProcess(t, s.next(t).Process) // one that we did not send counts
	s.next(t).do("exit 7")
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	var poison *procactor.PoisonError
	require.ErrorAs(t, err, &poison)
	assert.Equal(t, "puppet", poison.Task)
	assert.Empty(t, poison.Key)
	require.Len(t, poison.Deaths, 3)
	assert.Contains(t, exitOf(t, poison.Deaths[0].Reason).Panic.Value, "first")
	assert.True(t, diedByOthers(exitOf(t, poison.Deaths[1].Reason)))
	assert.Equal(t, 7, exitOf(t, poison.Deaths[2].Reason).Code)
	var crash *actor.PanicError
	assert.ErrorAs(t, err, &crash, "the deaths can be asked for")
	pids := map[actor.PID]bool{}
	for _, d := range poison.Deaths {
		pids[d.PID] = true
	}
	assert.Len(t, pids, 3, "three lives")
	works(t, pool)
	assert.Empty(t, s.entered)
}

func TestQuarantineByKey(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	keyed := puppet.Idempotent().WithKey(func(s strand) string { return s.Key })
	ref := keyed.On(pool)
	s := newStage(t)

	// Two deaths, then a good end: the key is remembered.
	got := call(t.Context(), ref, s.part("file.go"))
	for range 2 {
		player := s.next(t)
		assert.Equal(t, "file.go", player.CallKey)
		player.do("exit 1")
	}
	s.next(t).do("return fine")
	require.NoError(t, wait(t, "the reply", got).err)

	// One more in another call is the third.
	got = call(t.Context(), ref, s.part("file.go"))
	s.next(t).do("exit 2")
	var poison *procactor.PoisonError
	require.ErrorAs(t, wait(t, "the call's end", got).err, &poison)
	assert.Equal(t, "file.go", poison.Key)
	require.Len(t, poison.Deaths, 3)
	assert.Equal(t, 2, exitOf(t, poison.Deaths[2].Reason).Code)

	// From now on it is refused before it runs; another key is not.
	_, err := ref.Call(t.Context(), s.part("file.go"))
	require.ErrorAs(t, err, &poison)
	failed(t, err, actor.NotSent)
	assert.ErrorContains(t, err, `"file.go"`)
	got = call(t.Context(), ref, s.part("other.go"))
	s.next(t).do("return fine")
	require.NoError(t, wait(t, "the reply", got).err)
}

func TestIdempotentCallThatIsGivenUpIsNotRepeated(t *testing.T) {
	w := procactor.Self()
	w.Grace = 1 // nanosecond: it is ended at once
	pool := startPool(t, w, procactor.PoolConfig{Size: 1})
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := call(ctx, puppet.Idempotent().On(pool), s.stubborn("bored"))
	s.next(t)
	cancel()
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	assert.ErrorIs(t, err, context.Canceled)
	works(t, pool)
	assert.Empty(t, s.entered)
}

// Another call's fault: the worker is killed because of one, and the others are
// repeated if they may be.
func TestBystandersOfAnOverdueCall(t *testing.T) {
	w := procactor.Self()
	w.Grace = 1
	pool := startPool(t, w, procactor.PoolConfig{Size: 1})
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	may := call(t.Context(), puppets.Idempotent().On(pool), s.part("may"))
	s.next(t)
	mayNot := call(t.Context(), puppets.On(pool), s.part("may not"))
	s.next(t)
	overdue := call(ctx, puppets.On(pool), s.stubborn("overdue"))
	s.next(t)
	cancel()
	assert.ErrorIs(t, wait(t, "the overdue call's end", overdue).err, context.Canceled)
	err := wait(t, "the bystander's end", mayNot).err
	failed(t, err, actor.Unknown)
	assert.ErrorIs(t, err, procactor.ErrOverdue)
	player := s.next(t)
	assert.Equal(t, "may", player.Key)
	assert.Equal(t, 2, player.Attempt)
	player.do("return done")
	require.NoError(t, wait(t, "the other bystander's reply", may).err)
}

// Whoever has nobody to be given the call again tells of its own death, once, and
// not that nobody is there now: that is for the next call.
func TestIdempotentCallOfAWorkerWithoutASuccessor(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	got := call(t.Context(), puppet.Idempotent().On(p), s.part("alone"))
	pid, _ := p.PID()
	player := s.next(t)
	player.do("exit 3")
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	assert.NotErrorIs(t, err, actor.ErrNoActor)
	assert.Equal(t, procactor.CallStarted, exitOf(t, err).CallState)
	assert.EqualError(t, err, fmt.Sprintf("call %s: worker process %d exited with status 3; not delivered again: no such actor (outcome unknown)", pid, player.Process))
	_, err = puppet.On(p).Call(t.Context(), s.part("late"))
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
}

// The end of the caller's context, while a call waits for its second delivery,
// is told with the death that ended the first.
func TestIdempotentCallThatIsGivenUpBetweenDeliveries(t *testing.T) {
	sys := newSystem(t)
	k := keep(t, sys, "w", func(at *actor.Slot) error {
		_, err := procactor.Start(context.Background(), at, at.ID(), procactor.Self())
		return err
	})
	w := procactor.HostAt(sys, "w")
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := call(ctx, puppet.Idempotent().On(w), s.part("patient"))
	player := s.next(t)
	k.hold() // kills it, and lets none come
	require.Eventually(t, func() bool { return procactor.Waiting(w) == 1 }, patience, time.Millisecond)
	cancel()
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, player.Process, exitOf(t, err).PID)
	assert.NotContains(t, err.Error(), "\n")
	k.resume()
}

// Deaths count by key also when the task may not be delivered again.
func TestQuarantineOfTasksThatAreNotIdempotent(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	ref := misbehave.WithKey(func(s string) string { return s }).On(pool)
	for n := range 2 {
		_, err := ref.Call(t.Context(), "exit")
		failed(t, err, actor.Unknown)
		var poison *procactor.PoisonError
		require.NotErrorAs(t, err, &poison)
		suspects := pool.Quarantine()
		require.Len(t, suspects, 1)
		assert.Equal(t, "misbehave", suspects[0].Task)
		assert.Equal(t, "exit", suspects[0].Key)
		assert.Equal(t, n+1, suspects[0].Deaths)
		assert.False(t, suspects[0].Refused)
		assert.Equal(t, exitOf(t, err).PID, exitOf(t, suspects[0].Last.Reason).PID)
	}
	_, err := ref.Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	var poison *procactor.PoisonError
	require.ErrorAs(t, err, &poison, "it was the third")
	_, err = ref.Call(t.Context(), "exit")
	failed(t, err, actor.NotSent)
	require.ErrorAs(t, err, &poison)
	assert.Len(t, poison.Deaths, 3)
	assert.ErrorContains(t, err, "3 × exited with status 3")
	works(t, pool)
}

// quarantined is a host that keeps a quarantine.
type quarantined interface {
	procactor.Host
	Quarantine() []procactor.Suspect
	Pardon(task, key string) bool
}

// Whoever looks after a pool sees its quarantine, and ends it for a key.
func TestPardon(t *testing.T) {
	sys := newSystem(t)
	k := keep(t, sys, "w", func(at *actor.Slot) error {
		_, err := procactor.Start(context.Background(), at, at.ID(), procactor.Self())
		return err
	})
	defer k.resume()
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	alone := start(t, procactor.Self())
	_, err = misbehave.WithKey(func(s string) string { return s }).On(alone).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	for name, host := range map[string]quarantined{"pool": pool, "by path": procactor.HostAt(sys, "pool"), "a supervised worker": procactor.HostAt(sys, "w")} {
		t.Run(name, func(t *testing.T) {
			ref := misbehave.Idempotent().WithKey(func(s string) string { return s }).On(host)
			var poison *procactor.PoisonError
			_, err := ref.Call(t.Context(), "exit")
			require.ErrorAs(t, err, &poison)
			suspects := host.Quarantine()
			require.Len(t, suspects, 1)
			assert.True(t, suspects[0].Refused)
			assert.Equal(t, suspects[0].Until, poison.Until)
			assert.False(t, host.Pardon("misbehave", "another"))
			assert.False(t, host.Pardon("another", "exit"))
			require.True(t, host.Pardon("misbehave", "exit"))
			assert.Empty(t, host.Quarantine())
			_, err = ref.Call(t.Context(), "exit")
			failed(t, err, actor.Unknown)
			require.True(t, host.Pardon("misbehave", "exit"), "it ran, and did it again")
		})
	}
	assert.Empty(t, procactor.HostAt(sys, "nobody").Quarantine())
	assert.False(t, procactor.HostAt(sys, "nobody").Pardon("misbehave", "exit"))
}

// A key that a pool would have to remember must not be of any length.
func TestOverlongKeyIsRefusedByName(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	ref := echo.WithKey(func(b []byte) string { return string(b) }).On(pool)
	_, err := ref.Call(t.Context(), make([]byte, procactor.MaxKey))
	require.NoError(t, err)
	_, err = ref.Call(t.Context(), make([]byte, procactor.MaxKey+1))
	failed(t, err, actor.NotSent)
	var long *procactor.KeyError
	require.ErrorAs(t, err, &long)
	assert.Equal(t, procactor.KeyError{Task: "echo", Len: procactor.MaxKey + 1}, *long)
	assert.ErrorContains(t, err, "1025 bytes, of at most 1024")
}

// A worker that dies of a call that was given up dies of its key.
func TestQuarantineOfCallsThatWereGivenUp(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	s := newStage(t)
	ref := puppet.WithKey(func(s strand) string { return s.Key }).On(pool)
	for n := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		got := call(ctx, ref, s.stubborn("bad"))
		player := s.next(t)
		cancel()
		failed(t, wait(t, "the call's end", got).err, actor.Unknown)
		player.do("exit 4")
		require.Eventually(t, func() bool {
			all := pool.Quarantine()
			return len(all) == 1 && all[0].Deaths == n+1
		}, patience, time.Millisecond)
	}
	_, err := ref.Call(t.Context(), s.part("bad"))
	var poison *procactor.PoisonError
	require.ErrorAs(t, err, &poison)
	failed(t, err, actor.NotSent)
}
