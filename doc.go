// Package proctor is the documentation of the module; it has no code. Proctor
// runs the parts of a Go program that must not take it down in worker processes
// that are called like functions, and that supervisors restart by the rules of
// Erlang/OTP.
//
// # Which package
//
//   - [github.com/proctor-dev/proctor/procactor]: tasks, worker processes,
//     pools, commands and daemons. Begin here.
//   - [github.com/proctor-dev/proctor/actor]: systems, references, calls and
//     their errors; actors in this process.
//   - [github.com/proctor-dev/proctor/supervise]: supervisors, their policies
//     and events, and a simulator that plays them in virtual time.
//   - [github.com/proctor-dev/proctor/supervise/policy]: supervision trees from
//     files; [github.com/proctor-dev/proctor/supervise/policy/commands] makes
//     their commands children.
//   - [github.com/proctor-dev/proctor/actor/codec]: how values become bytes, and
//     which limits hold.
//   - [github.com/proctor-dev/proctor/procactor/ready]: probes that say that a
//     server is up.
//   - [github.com/proctor-dev/proctor/mailbox]: the bounded queue of an actor.
//   - [github.com/proctor-dev/proctor/procactor/wire]: the bytes between parent
//     and worker, for workers in other languages.
//   - [github.com/proctor-dev/proctor/actor/protobridge]: from and to actors of
//     protoactor-go.
//   - [github.com/proctor-dev/proctor/actor/targettest] and
//     [github.com/proctor-dev/proctor/procactor/procactortest]: test kits for
//     those who write a kind of actor, or a worker in another language.
//
// The command proctor runs trees of any programs from a policy file:
//
//	go install github.com/proctor-dev/proctor/cmd/proctor@latest
//
// # More
//
// The [README] has a first program, docs/recipes.md the next ones, docs/errors.md
// what to do on each error, and docs/guarantees.md what is promised, with the
// test that enforces it.
//
// [README]: https://github.com/proctor-dev/proctor#readme
package proctor
