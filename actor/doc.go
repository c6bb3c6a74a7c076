// Package actor runs typed actors: things with a name and a mailbox that handle
// one request after the other, and whose failures stay theirs.
//
// # Name, life, reference
//
// A name, such as "top/w", stays. What lives under it comes and goes: each
// life has a [PID] with its own incarnation number. A [Ref] points at the name,
// so it survives restarts; requests sent while no life runs wait in the
// mailbox for the next one. A [Ref] is a thin typed value over a [Target]: a
// goroutine here, and, in package procactor, a worker process, a pool of them,
// or a command. Code that calls a Ref need not know which; actors of other
// machines are not there yet.
//
// # Delivery
//
// A request is delivered at most once. Every failed call is a *[CallError]
// whose [Delivery] says how far the request got: only NotSent and NotStarted
// are safe to repeat. A request that is being handled when its life ends is
// never handled again by the next one.
//
// # Ordering
//
//  1. Requests of one sender to one actor are handled in the order sent.
//  2. A request to stop overtakes all that is queued.
//  3. A life's [Down] is delivered after its mailbox was held or closed: who
//     hears of an end and calls at once finds the next life, or [ErrNoActor].
//  4. Every watcher gets exactly one Down for a life.
//
// # Failure
//
// A panic in a [Behavior] ends its life, never the program: its caller gets a
// *[PanicError] at once, watchers a Down with the same reason. A behavior that
// ignores being stopped cannot be killed, since it is a goroutine: it is
// abandoned when its time is over, named in the log, and its place is free for
// the next life. What must be killable belongs in a process: package procactor.
//
// # What a crash loses
//
// The state of the life and the one request it was handling, whose caller is
// told. Queued requests, the name, references and watchers of the name stay,
// if somebody supervises the actor (package supervise); an actor spawned on
// the [System] itself is gone after its first end.
//
// # Writing another kind of actor
//
// [Spawn] makes actors of goroutines; package procactor makes them of processes,
// protobridge of plain protoactor-go actors. Whoever writes one more kind meets names
// that nobody else needs, and that say so. Example (AnotherKind) is the smallest.
//
//   - What outlives a life is a [Cell]; one that can be drained is a [Drainer], one
//     that is called a [Target], for which [NewRef] makes a Ref. [System.CellAt]
//     finds it by its path.
//   - [Locate] gives system and path, [Begin] a [Life], which is up from [Life.Ready]
//     and over with [Life.End]. It is told by [Life.OnStop] and [Life.OnKill].
//   - A request is taken if [System.Admits] says so, and waits for room if [MayWait]
//     does; see also [System.Draining] and [Inside]. One that nobody begins is a
//     [System.DeadLetter].
//   - Who would wait for its own end is refused by [RunsBeneath] and [StartsFor],
//     for which code of the life has a context of [Life.Own].
//   - What cannot be ended is named: [System.Abandon], [System.AbandonStart] and
//     [System.StillRuns] keep it, [System.Stopped] tells it.
//   - Errors of the user's code pass through [SafeError].
//   - Who owns lives, as supervisors and pools do, has a [Slot] for each, made by
//     [NewSlot].
package actor
