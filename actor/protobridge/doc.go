// Package protobridge joins actors of this module with plain ones of
// protoactor-go, in both directions and through its public API only.
//
// # Expose
//
// [Expose] makes any [actor.Ref], be it a goroutine, a worker process or a
// pool, a Process under a name of an ActorSystem. Plain code sends it values
// of the Ref's request type, and gets back one message: a value of the reply
// type, or an error, which is the *[actor.CallError] that a caller of the Ref
// sees. A message without a sender is a cast.
//
// # To
//
// [To] is an [actor.Ref] to a plain protoactor actor. Requests arrive there as
// they are; the actor answers with one message, as ctx.Respond does: a reply,
// or an error. What a plain actor cannot do, its Ref cannot either:
//
//   - protoactor drops the request in which an actor panics and, when an actor
//     is stopped, those in its queue. A panic with a restart, its default, is
//     seen by nobody: that call ends by its context only, so give it one. A
//     stop is noticed, and ends the call with [actor.ErrNoActor].
//   - The end of the context ends the waiting, not the work, and whether that
//     had begun is unknown: NotStarted is never answered.
//   - Mailboxes have no bound, so nothing is ever full.
//   - There are no lives: the PID has no incarnation, and a Down, which comes
//     when the actor is stopped, says [ErrStopped], whatever the reason was.
//   - There is no Stream: it yields one error, [errors.ErrUnsupported], since a
//     mailbox without bound leaves a handler no way to wait for its consumer.
//
// # Start
//
// [Start] makes a plain actor a child of a supervisor of this module: a life of
// it in a slot, whose panics are crashes that the supervisor decides about.
package protobridge
