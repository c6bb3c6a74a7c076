// Package procactor makes worker processes actors: a function that runs in
// another process is called like one that runs here, under a supervisor, and
// every way in which such a call can end is an error with a type.
//
// # Usage
//
// What a worker can do is a [Task], declared once. [Main] makes a program its
// own worker; a Task's [Task.On] makes a Ref, which is called:
//
//	var square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })
//
//	func main() {
//		procactor.Main(square) // in a worker process this never returns
//		ctx, sys := context.Background(), actor.NewSystem()
//		defer sys.Close(ctx)
//		pool, err := procactor.StartPool(ctx, sys, "squares", procactor.Self(), procactor.PoolConfig{})
//		…
//		n, err := square.On(pool).Call(ctx, 12)
//	}
//
// [Start] starts one worker, [StartPool] several behind one queue; [ProcessChild] and
// [PoolChild] put them under a supervisor. [Map] and [MapFold] send a sequence
// through them. The worker is this program ([Self]) or another ([Program]).
//
// # Commands
//
// A program that knows nothing of this package is called the same way:
// [NewCommandTask] says what to start for an input and how to read what came of
// it. On a host that [StartCommands] makes, each call is a process of its own, with
// arguments, standard input, and a private directory that is emptied after the
// call; at most [Commands.Limit] run at once. Exit codes are the task's to map.
// Queue, timeouts, keys, output, process group and endings are those of workers; a
// call has started when its process has, and one that is given up gets TERM for its
// group, then KILL.
//
// # A host of your own
//
// Where a task is done is a [Host]: a [Process], a [Pool], a [CommandHost], a path
// ([HostAt]), or what you write, such as a service on another machine or a program
// with a protocol of its own. A Host gets requests as bytes, with the names of their codecs, and gives the
// bytes of answers back; [Task.On] does the rest, so that the task and the code that
// calls it do not know which it is. Embed a [HostLife], and write Do:
//
//	type host struct {
//		*procactor.HostLife // its name, its life, and who watches it
//		service *service
//	}
//
//	func (h host) Do(ctx context.Context, r *actor.RawRequest, reply func([]byte) error) error {
//		body, err := h.service.Ask(ctx, r.Task, r.Body)
//		switch {
//		case errors.Is(err, errRefused):
//			return &actor.CallError{Delivery: actor.NotSent, Err: err} // it did not begin
//		case err != nil:
//			return err // nobody knows
//		}
//		return reply(body)
//	}
//
// A panic in Do, an answer that does not decode, none or two are errors of the call,
// and a Do that goes on when ctx has ended is left behind. examples/ownhost is such a
// Host, in less than 60 lines, which passes the rows of [actor/targettest] that apply
// to it. Not for a Host of your own are [WithOutput], [WithMeasures] and command tasks.
//
// # The life of a worker
//
// It is spawned as the leader of a session of its own, and so of a process group,
// with no terminal, and with private pipes for requests, replies and the text of
// a crash. Both sides say what they are:
// version, tasks, codecs, limits. The worker runs its [Setup], and is ready: that
// is when Start returns. It then runs one call at a time, or as many as its
// tasks allow by [Task.Concurrent].
//
// It ends when it is asked to (what runs may finish within [Worker.Grace], then
// come TERM and KILL, for all its group), when it dies, when it goes on with a
// canceled call for longer than its grace, when it answers no ping, or when its
// parent is gone: then it ends by itself, and takes what it started with it.
// Under a supervisor or in a pool another takes its place.
//
// # When this process is killed
//
// Its workers do not survive it. A worker sees the end of its channel, cancels
// what runs, has two seconds to clean up, and kills its process group. What
// cannot, be it stopped, in a loop that nothing interrupts, not yet in Main or no
// Proctor program at all, is killed with its group by a guardian: one more
// process of this program for each System with workers, from the first of them
// until [actor.System.Close], which sleeps on a pipe. A worker has five seconds
// before it comes to that. It shows in ps by its argument "proctor-guardian",
// goes through the program up to Main as a worker does, and is replaced when it
// dies. Its name in the System, "procactor:guardian", is taken. On Linux the
// kernel, too, kills a worker that is another program, at once, unless that
// has come to Main; so no instant is left in which nobody does.
//
// A program that never calls Main has no guardian, and logs that once for each
// System. Then on Linux the kernel still kills the worker, but not what that
// started; elsewhere nobody kills what does not look at its channel. On Windows
// none of this is needed: the job object of each worker ends it and all that it
// started.
//
// A worker cannot leave its process group, since it leads a session. Out of reach
// is what it has started that has left, as setsid(1), daemons and the jobs of an
// interactive shell do. Only a cgroup or a pid namespace around the whole program ends
// that: a container, or a service of systemd.
//
// # Which worker it is
//
// A worker of [Self] or [Program] has two variables in its environment that tell
// it which one it is, as long as it runs: PROCTOR_PLACE, the path of its actor,
// such as "top/thumbs#2", and PROCTOR_NUMBER, its number in its pool, 1 to Size,
// such as for the index of a GPU or the name of a folder; of a worker in no pool
// that is 1. Who takes the place of one that died has the same. `ps e` shows them
// where arguments show nothing: those are the program's. Worker.Env cannot set
// them. A worker's own workers have their own; plain programs that this package
// starts ([Daemon], [Command]) have neither, those of os/exec inherit them.
//
// # What is inherited
//
// All descriptors that Go opens are close-on-exec. Others are not: what this
// process was given at its start beside its standard streams, such as a lock
// file's by a shell, and what C code opened without the flag. A worker and the
// guardian are told by a variable of their start, PROCTOR_INHERITED, which of
// those this process had at the spawn, and close them in [Main], but those that
// something in them has made close-on-exec since. A plain program ([Daemon],
// [Command]) gets them all, as from os/exec: between fork and exec a library can do
// nothing, and it marks nothing that is its program's. That can, as the first
// thing in main:
//
//	for fd := 3; fd < 1024; fd++ {
//		syscall.CloseOnExec(fd)
//	}
//
// The command proctor does so in its run.
//
// # Failure
//
// The error of a call is an *[actor.CallError], whose Delivery says how far the
// request got; errors.Is with [actor.ErrNotStarted] tells what is safe to repeat
// elsewhere, [actor.MayRetry] what is worth repeating here. In it is, by what
// happened:
//
//	*TaskError, or the task's typed error    the task returned it
//	*ExitError                               the worker died: code, signal, last words, panic
//	*CommandError                            the command could not be started, fed or written down
//	*actor.PanicError (in an ExitError)      the task, or anything there, panicked
//	*PoisonError                             the request killed three workers, or its key did, or hung three
//	*wire.LimitError                         the request, or what answers it, is over Worker.MaxBody
//	*KeyError                                the key is too long
//	*HandshakeError                          the worker has no such task, or another version
//	*actor.ProtocolError                     the worker broke the protocol
//	context.Canceled, DeadlineExceeded       the caller's context ended; with its cause
//	actor.ErrFull, ErrDraining, ErrNoActor   no place in the queue; no new requests; nobody there, and why
//
// A call is delivered at most once. That of an idempotent task is delivered
// again when its worker died of it, twice at most; see [Task.Idempotent] and
// [Task.WithKey]. What waits in the queue is not touched by a death. A failed
// start is an *[actor.StartError].
//
// # Output
//
// The protocol has descriptors of its own, so a worker may print what it likes.
// Its stdout and stderr go to the call's writers ([WithOutput]), otherwise to those of
// the [Worker], otherwise to the log, a line at a time. The first and the last of
// stderr are kept for the ExitError.
//
// # A worker that is broken or hostile
//
// Whatever a worker writes, this process holds for it at most
//
//	16 MiB + 4·MaxFrame + 4·MaxBody for each call that runs + 64·Window for each stream
//
// in bytes, and nothing once it has ended. Decoding an answer, an item or an error
// takes 4·MaxBody at most, unless the task's codec has a budget of its own; see
// package codec. What breaks the protocol ends the
// worker when it is read: it gets a REFUSE, 250 ms and then KILL for its group.
// Waiting for the end of a killed worker is bounded by 5 s, reading what its
// channels still hold by 2 s. Silence ends with a caller's context, with
// StartTimeout or Silence of its [Worker]. Package procactortest has the worst
// workers we know, and what must come of each.
//
// # Windows
//
// A worker is in a job object instead of a process group: what it starts
// cannot leave it, and ends with it. There is no signal that asks to end, so
// after the grace comes the kill. In an [ExitError] a KILL is ours; whoever is
// terminated by others has exited with the code that they chose. It has no
// window and shares no console. A [Program] that is a batch file gets no
// argument that its shell could read as something else: such a start fails. The
// wait for a worker's end takes a thread of the parent.
//
// # Testing
//
// A test binary is its own worker too:
//
//	func TestMain(m *testing.M) {
//		procactor.Main(square)
//		os.Exit(m.Run())
//	}
//
// [Worker.Channel] puts something between the two sides that cuts, stalls or
// records. A program that has not called Main starts no copy of itself: it gets
// [ErrNoMain].
//
// # Globals
//
// The package installs no signal handler, reads no standard input, and exits
// the process nowhere but in Main. Only a guardian, which never returns from
// Main, ignores signals: those that ask it to end before its parent.
package procactor
