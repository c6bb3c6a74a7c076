// Package mailbox provides the queue between the senders and the one consumer
// of an actor: typed, bounded, with an urgent lane for exit signals, and able
// to outlive the consumers that come and go.
//
// It is a data structure: it starts no goroutine, reads no clock and logs
// nothing.
//
// # Usage
//
// A queue has one of two kinds of consumer, chosen by its constructor:
//
//   - [New]: a goroutine of the consumer's own waits in [Queue.Take].
//   - [NewScheduled]: no goroutine waits. The queue knows whether its consumer
//     is idle or running, and calls wake when an idle one has work; the
//     consumer then calls [Queue.Next] until it says false.
//
// Items that users send travel in the user lane, which is bounded; what
// happens when it is full is its [Overflow]. Exit signals travel in the urgent
// lane ([Queue.PutUrgent]), which is not.
//
// # Ordering
//
// These are promises; each is held by the test of its number in
// promises_test.go.
//
//  1. Items that one sender puts into one lane are taken in the order in which
//     it put them, through suspensions and full queues too. Of two senders, the
//     one whose put returned before the other's began comes first.
//  2. Everything waiting in the urgent lane is taken before anything in the
//     user lane. The urgent lane is never full: it neither blocks, refuses nor
//     drops.
//  3. At no moment do more than Config.Capacity user items wait, however many
//     goroutines send.
//  4. Senders that a full queue blocks are let in in the order in which they
//     began to wait, each as soon as there is room. A newcomer gets in line
//     behind them, and TryPut does not slip past them.
//  5. An item whose put returned nil goes exactly one way: it is taken, evicted
//     (and given to dropped), pruned, or handed back by Close.
//  6. A put that returns an error has left the queue as it was.
//  7. A suspended queue accepts items and gives none. After Resume they come in
//     the order in which they would have come before.
//  8. Close hands back what was left, urgent items first, each lane in order.
//     Who was blocked, sender or taker, gets ErrClosed, and so does whoever
//     comes later.
//  9. wake is called exactly once for each change from idle to running, in the
//     goroutine that caused it, never under the queue's lock. Once Suspend has
//     returned, a consumer of an earlier generation takes nothing and changes
//     nothing.
//  10. An empty queue holds no buffer to speak of: none before its first item,
//     and at most sixteen empty slots a lane after that. A larger buffer is left
//     to the garbage collector; a queue that is busy again before that has come
//     by takes it back. A slot whose item was taken refers to nothing.
//
// # Concurrency
//
// All methods may be called by any goroutine at any time. Callbacks (dropped
// and wake) run without the lock and may use the queue; only the function given
// to [Queue.Prune] may not.
package mailbox
