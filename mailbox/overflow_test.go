package mailbox

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errGaveUp = errors.New("the caller gave up")

// ended returns a context that has ended for errGaveUp, with which Put and Take
// do what they can without waiting.
func ended() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errGaveUp)
	return ctx
}

// filled returns a queue of the given policy in which 1…n wait, n being its
// capacity, and the list of what it drops.
func filled(t *testing.T, policy Overflow, n int) (*Queue[int], *[]int) {
	t.Helper()
	dropped := new([]int)
	q := New(Config{Capacity: n, Overflow: policy}, func(v int) { *dropped = append(*dropped, v) })
	for v := range n {
		require.NoError(t, q.TryPut(v+1))
	}
	return q, dropped
}

func TestFullQueue(t *testing.T) {
	put := func(q *Queue[int], v int) error { return q.Put(ended(), v) }
	tryPut := func(q *Queue[int], v int) error { return q.TryPut(v) }
	urgent := func(q *Queue[int], v int) error { return q.PutUrgent(v) }
	tests := []struct {
		name        string
		policy      Overflow
		put         func(*Queue[int], int) error
		wantErr     error
		wantDropped []int
		wantRest    []int
	}{
		{"Block, Put with an ended context", Block, put, errGaveUp, nil, []int{1, 2, 3}},
		{"Block, TryPut", Block, tryPut, ErrFull, nil, []int{1, 2, 3}},
		{"Block, PutUrgent", Block, urgent, nil, nil, []int{9, 1, 2, 3}},
		{"Reject, Put", Reject, put, ErrFull, nil, []int{1, 2, 3}},
		{"Reject, TryPut", Reject, tryPut, ErrFull, nil, []int{1, 2, 3}},
		{"Reject, PutUrgent", Reject, urgent, nil, nil, []int{9, 1, 2, 3}},
		{"DropOldest, Put", DropOldest, put, nil, []int{1}, []int{2, 3, 9}},
		{"DropOldest, TryPut", DropOldest, tryPut, nil, []int{1}, []int{2, 3, 9}},
		{"DropOldest, PutUrgent", DropOldest, urgent, nil, nil, []int{9, 1, 2, 3}},
		{"an unknown policy blocks", Overflow(77), put, errGaveUp, nil, []int{1, 2, 3}},
		{"an unknown policy, TryPut", Overflow(77), tryPut, ErrFull, nil, []int{1, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, dropped := filled(t, tt.policy, 3)
			assert.Equal(t, tt.wantErr, tt.put(q, 9))
			assert.Equal(t, tt.wantDropped, *dropped)
			assert.Equal(t, len(tt.wantRest), q.Len())
			assert.Equal(t, tt.wantRest, q.Close())
		})
	}
}

func TestPutWithRoomIgnoresItsContext(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			q := New[int](Config{Capacity: 1, Overflow: policy}, nil)
			require.NoError(t, q.Put(ended(), 1))
			assert.Equal(t, []int{1}, q.Close())
		})
	}
}

func TestCapacity(t *testing.T) {
	tests := []struct {
		name     string
		capacity int
		want     int
	}{
		{"zero is the default", 0, DefaultCapacity},
		{"negative is the default", -3, DefaultCapacity},
		{"one", 1, 1},
		{"no power of two", 5, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := New[int](Config{Capacity: tt.capacity, Overflow: Reject}, nil)
			accepted := 0
			for q.TryPut(accepted) == nil && accepted <= tt.want {
				accepted++
			}
			assert.Equal(t, tt.want, accepted)
		})
	}
}

func TestClosedQueueRefuses(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			q, dropped := filled(t, policy, 2)
			require.Equal(t, []int{1, 2}, q.Close())
			assert.Equal(t, ErrClosed, q.Put(ended(), 3))
			assert.Equal(t, ErrClosed, q.TryPut(3))
			assert.Equal(t, ErrClosed, q.PutUrgent(3))
			_, err := q.Take(ended())
			assert.Equal(t, ErrClosed, err)
			assert.Zero(t, q.Len())
			assert.Nil(t, q.Close(), "the second Close has nothing to hand back")
			assert.Empty(t, *dropped)
		})
	}
}

func TestDroppedMayBeNil(t *testing.T) {
	q := New[int](Config{Capacity: 1, Overflow: DropOldest}, nil)
	require.NoError(t, q.TryPut(1))
	require.NoError(t, q.TryPut(2))
	assert.Equal(t, []int{2}, q.Close())
}

func TestDroppedMayUseTheQueue(t *testing.T) {
	var q *Queue[int]
	var lengths []int
	q = New(Config{Capacity: 1, Overflow: DropOldest}, func(int) { lengths = append(lengths, q.Len()) })
	require.NoError(t, q.TryPut(1))
	require.NoError(t, q.TryPut(2))
	assert.Equal(t, []int{1}, lengths, "called without the lock, after the newer item was put")
}

func TestOverflowString(t *testing.T) {
	assert.Equal(t, "Block", Block.String())
	assert.Equal(t, "Reject", Reject.String())
	assert.Equal(t, "DropOldest", DropOldest.String())
	assert.Equal(t, "Overflow(9)", Overflow(9).String())
}
