package mailbox

import (
	"sync/atomic"
	"weak"
)

// recalled is what block.taken holds while no lease is out: more than any limit.
const recalled = 1 << 62

// leaseMin is the fewest items that are leased: for less, the lock is as cheap.
const leaseMin = 4

// block is a large buffer of a ring, and the lease on some of its items.
//
// A lease gives a scheduled consumer the oldest items of the user lane to take
// without the queue's lock, which its senders need all the time. The items stay
// in the ring and count for the capacity until they are taken. Whatever needs
// the lane as it is (a signal that must come first, a sender that has to wait,
// an eviction, Suspend, Prune, Close) recalls the lease first, and finds the
// queue as if each item had been taken under the lock.
//
// Why that is sound:
//
//   - taken is the one word that both sides change: the consumer by a
//     compare-and-swap that adds one, a recall by a swap with recalled, each an
//     instant in one order for all. A take that comes after the recall fails; of
//     one that came before, the recall knows. So every item goes one way.
//   - The consumer reads and empties a slot only after it has taken the item, and
//     has finished with the slot before it takes the next. Whoever reads taken = k
//     therefore knows that the slots before the last, k-1, are free, and that the
//     last may be in use still: ring.held keeps it from being written to until
//     the consumer comes back under the lock.
//   - start, limit and settled are written by the consumer, under the lock, while
//     no lease is out. Others read settled only, under the lock.
//   - A consumer whose generation has passed may be between any two steps, for any
//     time. It reads gen, which is written before others can see the block and
//     never again, and finds itself in the wrong; or it is in its last slot. So
//     Suspend leaves the block to it, for good, and the items move (ring.renew).
type block[T any] struct {
	slots []T
	small []T                    // the buffer that the ring had before, of keepSlots
	self  weak.Pointer[block[T]] // made when first asked for

	gen     uint64 // the consumer's generation
	start   int    // the slot of the first item of the lease
	limit   int    // how many items it has
	settled int    // protected by the queue's lock: how many the ring knows to be taken
	taken   atomic.Int64
}

// weakly returns the weak pointer to b.
func (b *block[T]) weakly() weak.Pointer[block[T]] {
	if b.self == (weak.Pointer[block[T]]{}) {
		b.self = weak.Make(b)
	}
	return b.self
}

// take takes the next item of the lease; ok is false if there is no lease, or
// no more of it. Only the consumer of generation gen may call it.
func (b *block[T]) take() (v T, ok bool) {
	i := b.taken.Load()
	if i >= int64(b.limit) || !b.taken.CompareAndSwap(i, i+1) {
		return v, false
	}
	slot := &b.slots[(b.start+int(i))&(len(b.slots)-1)]
	v = *slot
	var zero T
	*slot = zero // the buffer must not keep alive what was taken
	return v, true
}
