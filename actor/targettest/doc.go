// Package targettest is the conformance kit of an [actor.Target], in the
// manner of testing/slogtest: whoever writes a new way to be called describes it by
// a [Fixture] and gives that to [Run].
//
// # The actor under test
//
// The target's actor does what [Handle] does with each [Request], wherever it
// runs: on a goroutine, in another process, on another machine with the same
// loopback. Handlers and tests talk over a TCP connection whose address travels
// in the request, so a row waits for events (a handler has begun, was canceled)
// and never for time to pass.
//
// # Rows
//
// Each promise of a Target is a row: every ending of a call with its
// [actor.Delivery], ordering, at most once, Downs, streams, overload, restarts
// behind the Ref. A row that a target cannot cause is named in
// [Fixture.Lacks] with the reason; it is not skipped in silence. What ran and
// what is lacking is held against a committed list, so no row can vanish.
package targettest
