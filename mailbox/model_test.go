package mailbox

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// blockedPut is a Put that the model has seen begin and not yet seen end.
type blockedPut struct {
	item   int
	cancel context.CancelCauseFunc
	result chan error
}

// model is what a scheduled queue should do, in slices, beside one that does it.
type model struct {
	q        *Queue[int]
	capacity int
	policy   Overflow

	user, urgent []int
	blocked      []*blockedPut
	suspended    bool
	closed       bool
	running      bool
	gen          uint64

	last    int      // items are numbered, so none is taken for another
	wakes   []uint64 // wakes seen since the last check
	want    []uint64 // wakes that should have been seen
	dropped []int
	evicted []int // what should have been dropped
}

func newModel(t *rapid.T) *model {
	m := &model{
		capacity: rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(20, 70)).Draw(t, "capacity"),
		policy:   rapid.SampledFrom([]Overflow{Block, Reject, DropOldest}).Draw(t, "policy"),
	}
	m.q = NewScheduled(Config{Capacity: m.capacity, Overflow: m.policy},
		func(v int) { m.dropped = append(m.dropped, v) },
		func(gen uint64) {
			m.q.Len() // would never return if wake ran under the lock
			m.wakes = append(m.wakes, gen)
		})
	return m
}

func (m *model) item() int { m.last++; return m.last }

// arrived is what follows from there being something to take.
func (m *model) arrived() {
	if !m.suspended && !m.running && !m.closed && len(m.user)+len(m.urgent) > 0 {
		m.running = true
		m.want = append(m.want, m.gen)
	}
}

// admit moves blocked senders' items in while there is room.
func (m *model) admit(t *rapid.T) {
	for len(m.user) < m.capacity && len(m.blocked) > 0 {
		m.user = append(m.user, m.blocked[0].item)
		m.settle(t, m.blocked[0], nil)
		m.blocked = m.blocked[1:]
	}
}

// settle holds that a blocked Put has ended with the error wanted.
func (m *model) settle(t *rapid.T, p *blockedPut, want error) {
	synctest.Wait()
	select {
	case err := <-p.result:
		require.Equal(t, want, err)
	default:
		require.Fail(t, "Put is still blocked", "item %d", p.item)
	}
}

// put is a put that returned err; wait says that it was a Put.
func (m *model) put(t *rapid.T, v int, err error, wait bool) {
	switch {
	case m.closed:
		require.Equal(t, ErrClosed, err)
		return
	case len(m.user) < m.capacity:
	case m.policy == DropOldest:
		m.evicted = append(m.evicted, m.user[0])
		m.user = m.user[1:]
	case m.policy == Block && wait:
		require.Equal(t, errGaveUp, err)
		return
	default:
		require.Equal(t, ErrFull, err)
		return
	}
	require.NoError(t, err)
	m.user = append(m.user, v)
	m.arrived()
}

func (m *model) tryPut(t *rapid.T) {
	v := m.item()
	m.put(t, v, m.q.TryPut(v), false)
}

func (m *model) putEnded(t *rapid.T) {
	v := m.item()
	m.put(t, v, m.q.Put(ended(), v), true)
}

func (m *model) fill(t *rapid.T) {
	for range m.capacity {
		m.tryPut(t)
	}
}

func (m *model) putUrgent(t *rapid.T) {
	v := m.item()
	err := m.q.PutUrgent(v)
	if m.closed {
		require.Equal(t, ErrClosed, err)
		return
	}
	require.NoError(t, err)
	m.urgent = append(m.urgent, v)
	m.arrived()
}

func (m *model) block(t *rapid.T) {
	if m.closed || m.policy != Block || len(m.user) < m.capacity {
		t.Skip("Put would not block")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	p := &blockedPut{item: m.item(), cancel: cancel, result: make(chan error, 1)}
	go func() { p.result <- m.q.Put(ctx, p.item) }()
	synctest.Wait()
	require.Empty(t, p.result, "Put must wait")
	m.blocked = append(m.blocked, p)
}

func (m *model) giveUp(t *rapid.T) {
	if len(m.blocked) == 0 {
		t.Skip("nobody is blocked")
	}
	i := rapid.IntRange(0, len(m.blocked)-1).Draw(t, "who")
	m.blocked[i].cancel(errGaveUp)
	m.settle(t, m.blocked[i], errGaveUp)
	m.blocked = slices.Delete(m.blocked, i, i+1)
}

func (m *model) next(t *rapid.T) {
	v, ok := m.q.Next(m.gen)
	switch {
	case !m.running:
		require.False(t, ok)
	case len(m.urgent) > 0:
		require.True(t, ok)
		require.Equal(t, m.urgent[0], v)
		m.urgent = m.urgent[1:]
	case len(m.user) > 0:
		require.True(t, ok)
		require.Equal(t, m.user[0], v)
		m.user = m.user[1:]
		m.admit(t)
	default:
		require.False(t, ok)
		m.running = false
	}
}

func (m *model) drain(t *rapid.T) {
	for m.running {
		m.next(t)
	}
}

func (m *model) nextStale(t *rapid.T) {
	if m.gen == 0 {
		t.Skip("there was no generation before")
	}
	_, ok := m.q.Next(rapid.Uint64Range(0, m.gen-1).Draw(t, "gen"))
	require.False(t, ok)
}

func (m *model) suspend(*rapid.T) {
	m.q.Suspend()
	m.suspended, m.running = true, false
	m.gen++
}

func (m *model) resume(*rapid.T) {
	m.q.Resume()
	m.suspended = false
	m.arrived()
}

func (m *model) prune(t *rapid.T) {
	by := rapid.IntRange(1, 4).Draw(t, "divisor")
	dead := func(v int) bool { return v%by == 0 }
	before := len(m.user)
	m.user = slices.DeleteFunc(m.user, dead)
	require.Equal(t, before-len(m.user), m.q.Prune(dead))
	m.admit(t)
}

func (m *model) close(t *rapid.T) {
	var want []int
	if !m.closed {
		want = append(append(want, m.urgent...), m.user...)
	}
	require.Equal(t, want, m.q.Close())
	for _, p := range m.blocked {
		m.settle(t, p, ErrClosed)
	}
	m.closed, m.running = true, false
	m.user, m.urgent, m.blocked = nil, nil, nil
}

func (m *model) closeRarely(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "one in ten") != 0 {
		t.Skip("not yet")
	}
	m.close(t)
}

func (m *model) check(t *rapid.T) {
	require.Equal(t, len(m.user)+len(m.urgent), m.q.Len())
	require.LessOrEqual(t, m.q.user.n, m.capacity)
	require.Equal(t, m.want, m.wakes, "exactly one wake for each change to running")
	require.Equal(t, m.evicted, m.dropped)
	if m.q.user.n == 0 {
		require.LessOrEqual(t, len(m.q.user.buf), keepSlots)
	}
	for _, p := range m.blocked {
		require.Empty(t, p.result, "Put of item %d ended too early", p.item)
	}
}

func TestQueueFollowsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			m := newModel(t)
			defer m.q.Close() // a failed run must not leave blocked senders behind
			t.Repeat(map[string]func(*rapid.T){
				"TryPut":             m.tryPut,
				"Put, context ended": m.putEnded,
				"fill":               m.fill,
				"PutUrgent":          m.putUrgent,
				"Put, blocked":       m.block,
				"give up":            m.giveUp,
				"Next":               m.next,
				"drain":              m.drain,
				"Next, stale":        m.nextStale,
				"Suspend":            m.suspend,
				"Resume":             m.resume,
				"Prune":              m.prune,
				"Close":              m.closeRarely,
				"":                   m.check,
			})
			m.close(t)
			m.check(t)
		})
	})
}
