// Package supervise keeps actors, services and worker processes alive by the
// rules of Erlang/OTP's supervisor: children start in order and stop in
// reverse, a crash is answered by a restart of the right group, and too many
// crashes end the supervisor, whose own supervisor decides next.
//
// # Usage
//
// A tree is written as data and started with [Start]:
//
//	sup, err := supervise.Start(ctx, sys, supervise.Spec{
//		Name:   "shop",
//		Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 3, Period: time.Minute},
//		Children: []supervise.ChildSpec{
//			supervise.Actor("stock", newStock),       // an actor with a mailbox
//			supervise.Go("poller", poll),             // a function on a goroutine
//			supervise.Every("sweep", supervise.Interval(time.Hour), sweep), // one that runs by a schedule
//			supervise.Child(supervise.Spec{Name: "orders", …}), // a subtree
//		},
//	})
//
// Everything has a path, such as "shop/orders/7": actor.RefAt gives a Ref to the
// actor there, [SupervisorAt] a handle on the supervisor there. The zero value of every
// field is OTP's default. A [SimpleOneForOne] has one child, a template, of
// which [Supervisor.StartInstance] starts as many instances as are needed.
//
// A running supervisor is changed by StartChild, TerminateChild and the like,
// and as a whole by [Supervisor.Change]. By [Supervisor.Ref] it is an actor that
// takes plain data.
//
// # Failure
//
// A child crashes by a panic, by an error, or by being killed; reasons that
// wrap actor.ErrNormal or actor.ErrShutdown are no crash. While a child is due
// to come back, requests to it wait; when it is not, they are answered with
// actor.ErrNoActor at once. A supervisor gives up with an *[IntensityError],
// which names the deaths that used its budget up. Nothing is waited for without
// a bound, but what [Infinity] was given.
//
// # Observation
//
// Every decision is an [Event], with what it was about and its reason:
// [Supervisor.Events] has those of a supervisor and of all beneath it, and the
// System's logger gets the same. [Supervisor.Snapshot] says how all of them are
// now. Starts and stops run beside the supervisor: while a child hangs in one,
// both are served, and so are the end of a waiting request's context, which takes
// the request back, and the parent's kill. Only requests wait, as in OTP.
//
// # Structure
//
// All decisions are made by a machine without goroutine and clock: an event and
// the time go in, actions come out. A goroutine for each supervisor feeds it,
// and does what it says through actor.Slot; code that may hang runs elsewhere.
// What outlives a supervisor's life, its readers and those who wait for the next,
// is in its cell.
//
// # Rules, and where they are
//
//	OTP's rule (supervisor.erl)                                       here
//	permanent, transient, temporary (do_restart/3)                    restart.go
//	one_for_one, one_for_all, rest_for_one (restart/3)                group.go
//	simple_one_for_one: one template, instances that are forgotten    instances.go,
//	  when they are gone, one timeout for all (handle_call/3,           operation.go
//	  terminate_dynamic_children/1)
//	significant children and auto_shutdown: their own end that is     restart.go
//	  not followed by a restart (do_auto_shutdown/2)
//	intensity: one history for all children, the window is            intensity.go
//	  inclusive, the limit itself is allowed (add_restart/1)
//	a restart that fails is tried again behind what is queued, and    start.go
//	  each try counts; rest_for_one goes on where it failed,
//	  one_for_all begins anew (restart/3, try_again_restart)
//	boot: in order; a failure stops what is up, in reverse, and is    start.go
//	  not tried again (init_children/2); by BootRestart it is          boot.go
//	stop: in reverse, each gone before the next; brutal_kill, a       stop.go
//	  timeout or infinity; a queued exit of whoever is stopped is
//	  swallowed (terminate_children/2, shutdown/1)
//	temporary children that are stopped are forgotten, wherever       stop.go
//	exits count by life, not by id (restart_child/2)                  child.go
//	ignore: the spec stays, unless temporary                          start.go
//	start_child, terminate_child, restart_child, delete_child,        request.go
//	  which_children, count_children (handle_call/3)
//	giving up exits with shutdown: a permanent supervisor is          errors.go
//	  restarted by its own, a transient one is not
//	all specs are checked before any child starts                     spec.go
//
// # Where we differ
//
//	OTP                                  here, and why
//	the parent's exit signal waits in    stop and kill overtake what is queued, also requests:
//	  the queue                            a supervisor that is to end begins nothing more
//	a start function that hangs hangs    its context ends when the supervisor is stopped; if it
//	  the supervisor, and its stop too     ignores that for the child's Shutdown, it is abandoned
//	a process can be killed              a goroutine cannot: it is abandoned at its deadline,
//	                                       reported, and its replacement starts beside it
//	a killed supervisor leaves its       it kills what is left, in reverse order, before it ends
//	  children to their links
//	period in whole seconds              any duration, exactly
//	intensity 0: no restarts             [NoRestarts]; zero means the default
//	messages to a dead process are lost  requests wait for the next life
//	a call to a dead supervisor exits    a request to one that is being restarted waits for it
//	a call that times out is carried     a request whose context ends while it waits is taken
//	  out all the same                     back, and its caller is told
//	instances are known by their pids    by ids such as "w#3", whose numbers are never given
//	                                       twice, also not by the supervisor's next life
//	an instance whose restart is         it is forgotten, as later versions of OTP do, too
//	  ignored stays for ever
//
// # Beyond OTP
//
// All of this is off unless it is asked for, and then changes nothing else:
//
//   - [Backoff]: the second restart in a row waits, the next ones longer, until
//     the child was healthy for a while. A waiting child can be stopped at once.
//   - [Decider]: rules from the [Cause] of an end (exit code, signal, want of
//     memory, panic, failed start, error) to restart, stop, escalate or ignore.
//     Where there is one, exit code 125 means that starting again will not help.
//   - [ChildSpec.MaxRestarts]: a budget for one child, besides the supervisor's.
//   - [Policy.OOM]: a budget for ends for want of memory, apart from the other.
//   - [Policy.Circuit]: a child without a budget is left down, with its group,
//     until [Supervisor.ResumeChild]; the supervisor goes on.
//   - [Policy.Boot]: a start that fails at the boot can count as a restart, and
//     requests are served meanwhile.
//
// A supervisor waits for its log for a quarter of a second, and asks a Decider's
// error whether it fits in its own goroutine: a [log/slog.Handler] that asks that
// supervisor for something costs it that, and an error's method Is waits for ever.
package supervise
