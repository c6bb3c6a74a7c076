package procactor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Task is something a worker can be asked to do: a name, the types that go in
// and out, how they are encoded and, in the program that can do it, the
// function. Declare it once, give it to [Main] in the worker, and make a Ref
// to it by [Task.On] in the caller; the two may be one program or two. A Task
// is a value: the With methods return changed copies.
type Task[In, Out any] struct {
	name       string
	fn         func(context.Context, In) (Out, error)
	stream     func(context.Context, In, func(Out) error) error
	command    *commandFuncs[In, Out]
	in         codec.Codec[In]
	out        codec.Codec[Out]
	errs       codec.Codec[error] // nil: errors travel as text and marks
	idempotent bool
	concurrent int
	timeout    time.Duration
	key        func(In) string
	id         *taskID // of this value; nil: the zero Task
}

// NewTask declares a task that answers once. fn may be nil in a program that
// only calls it. The codecs are CBOR until [Task.WithCodec] says otherwise.
//
// A type of which a part would be lost on the way, such as a struct without
// exported fields, is refused by name: in the worker the start fails, and in the
// caller the call, with a [*codec.TypeError] (see [codec.Check]).
//
// In the worker fn's context carries the caller's deadline and is canceled
// when the caller gives up. A panic in fn ends the worker process, as an
// uncaught panic does in any program: the caller learns of it from its
// [ExitError].
func NewTask[In, Out any](name string, fn func(context.Context, In) (Out, error)) Task[In, Out] {
	return Task[In, Out]{name: name, fn: fn, in: codec.Default[In](), out: codec.Default[Out](), concurrent: 1, id: new(taskID)}
}

// NewStreamTask declares a task that answers with any number of items. emit
// sends one; it waits while the consumer is slow, and returns an error when
// the consumer has gone, which fn should return. An item for which it returned
// nil is out of the process's hands: the consumer gets it before the error,
// also when fn panics or exits right after.
func NewStreamTask[In, Out any](name string, fn func(ctx context.Context, in In, emit func(Out) error) error) Task[In, Out] {
	t := NewTask[In, Out](name, nil)
	if fn == nil {
		fn = func(context.Context, In, func(Out) error) error { return errNoFunction }
	}
	t.stream = fn
	return t
}

// Name returns the task's name.
func (t Task[In, Out]) Name() string { return t.name }

// WithCodec sets how input and output are encoded; nil leaves one as it is.
// Both sides must say the same: the handshake compares the codecs' names.
func (t Task[In, Out]) WithCodec(in codec.Codec[In], out codec.Codec[Out]) Task[In, Out] {
	if in != nil {
		t.in = in
	}
	if out != nil {
		t.out = out
	}
	return t.changed()
}

// WithErrors sets how the task's own errors are encoded, so that errors.As
// finds them in the caller; see codec.Error. Errors that the codec refuses, and
// those over [Worker.MaxBody], travel as text, as all do without it: a
// [TaskError].
func (t Task[In, Out]) WithErrors(c codec.Codec[error]) Task[In, Out] {
	t.errs = c
	return t.changed()
}

// Idempotent declares that the task may be run again when a worker died while
// it ran: then a call is delivered at most twice more, to fresh workers, and
// one that killed three is a [PoisonError]. Streams are never delivered again:
// their consumer has seen items.
func (t Task[In, Out]) Idempotent() Task[In, Out] {
	t.idempotent = true
	return t.changed()
}

// Concurrent declares that one worker may run n calls of the task at once.
// The default, and what n below 1 means, is one. It means nothing for a command
// task, whose calls are processes: [Commands.Limit] says how many run at once. Output of concurrent calls
// cannot be told apart, so one under [WithOutput] is an *[OutputError].
func (t Task[In, Out]) Concurrent(n int) Task[In, Out] {
	t.concurrent = max(1, n)
	return t.changed()
}

// WithTimeout bounds each call, waiting for a worker included, as if the
// caller's context had that timeout; zero means no bound of the task's own. It
// does not apply where a worker was started for a debugger (PROCTOR_DEBUG).
func (t Task[In, Out]) WithTimeout(d time.Duration) Task[In, Out] {
	t.timeout = d
	return t.changed()
}

// WithKey names what a request is about, such as a file. Deaths are then counted
// by key, over several calls, whether or not the task is idempotent: once three
// workers died of a key within an hour, its calls are refused for an hour with
// the [PoisonError], and so they are when it hung three, see [Quarantine].
// [Pool.Quarantine] shows what is remembered, and [Pool.Pardon] forgets it. A key longer than [MaxKey] is
// refused; an empty one is none.
func (t Task[In, Out]) WithKey(key func(In) string) Task[In, Out] {
	t.key = key
	return t.changed()
}

// changed is t as a value of its own.
func (t Task[In, Out]) changed() Task[In, Out] {
	t.id = new(taskID)
	return t
}

// On returns a Ref to the task as the host runs it. One host serves several
// tasks, each by its own Ref. That the host's worker lacks the task, or has it
// with other codecs, is a *[HandshakeError] of the call.
//
// A host of this package keeps what belongs to the Ref, so that On may be called for each
// call: one Task value on one host allocates the first time only. Each With
// method makes another Task value, so derive a task once, not for each call; of
// many the host keeps some. On a [Host] of your own each On makes a Ref, to be kept.
func (t Task[In, Out]) On(h Host) actor.Ref[In, Out] {
	own := ownOf(h)
	if own == nil {
		return actor.NewRef[In, Out](t.foreignTarget(h))
	}
	kept := own.targets()
	if kept == nil || t.id == nil {
		return actor.NewRef[In, Out](t.target(own))
	}
	if known, ok := kept.of(t.id).(*taskTarget[In, Out]); ok {
		return actor.NewRef[In, Out](known)
	}
	made := t.target(own)
	kept.keep(t.id, made)
	return actor.NewRef[In, Out](made)
}

func (t Task[In, Out]) target(h ownHost) *taskTarget[In, Out] {
	return &taskTarget[In, Out]{task: t, info: t.info(), host: h}
}

func (t Task[In, Out]) info() wire.TaskInfo {
	i := wire.TaskInfo{
		Name:       t.name,
		Stream:     t.stream != nil,
		Idempotent: t.idempotent,
		Concurrent: uint32(max(1, t.concurrent)),
		Input:      codec.Name(t.in),
		Output:     codec.Name(t.out),
	}
	if t.errs != nil {
		i.Error = codec.Name(t.errs)
	}
	return i
}

// carried returns why the task's codecs cannot carry its types; nil if they can.
func (t Task[In, Out]) carried() error {
	if err := codec.Check(t.in); err != nil {
		return fmt.Errorf("the input of task %q cannot be sent: %w", t.name, err)
	}
	if err := codec.Check(t.out); err != nil {
		return fmt.Errorf("the output of task %q cannot be sent: %w", t.name, err)
	}
	if err := codec.Check(t.errs); err != nil {
		return fmt.Errorf("the error of task %q cannot be sent: %w", t.name, err)
	}
	return nil
}

// MainOption is what [Main] takes: a [Task] of any types, or a [Setup]. The
// interface is sealed.
type MainOption interface{ register(*catalog) }

func (t Task[In, Out]) register(c *catalog) {
	if t.command != nil {
		c.addCommand(servedTask{info: t.info(), errs: t.errs, cli: func() cliTask { return t.command.cli(t) }})
		return
	}
	if t.in == nil {
		c.fail(errZeroTask)
		return
	}
	cli := func() cliTask { return cliTyped[In, Out]{t} }
	c.add(servedTask{info: t.info(), errs: t.errs, cli: cli, refused: t.carried(), parse: func(body []byte, memory int64) (serve.Job, error) {
		in, err := parseValue(t.in, body, memory)
		if err != nil {
			return nil, err
		}
		return &taskJob[In, Out]{task: &t, in: in}, nil
	}})
}

// taskID tells one value of a Task from all others: each With method makes
// another. It has a size, since pointers to what has none may be equal.
type taskID struct{ _ byte }

// mostKept bounds the targets of one host. Whoever has more tasks than that makes
// some anew.
const mostKept = 256

// keptTargets are the targets that tasks have on one host, so that [Task.On] makes
// each once, and what a target keeps for its next call is used. They go with
// the host, and may be used by any goroutine. A program that derives a task for
// each call fills them again and again: then they are forgotten all at once, since
// to know which is used would cost every call more than a few that are made anew.
type keptTargets struct {
	first atomic.Pointer[keptTarget] // most hosts have one task; it is never forgotten
	rest  sync.Map                   // the target of each *taskID

	mu sync.Mutex // of whoever adds to rest
	n  int        // targets in rest
}

type keptTarget struct {
	task   *taskID
	target any
}

// of returns the target of the task; nil when there is none.
func (k *keptTargets) of(task *taskID) any {
	if f := k.first.Load(); f != nil && f.task == task {
		return f.target
	}
	target, _ := k.rest.Load(task)
	return target
}

// keep keeps the target of the task.
func (k *keptTargets) keep(task *taskID, target any) {
	if k.first.Load() == nil && k.first.CompareAndSwap(nil, &keptTarget{task, target}) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.n >= mostKept {
		k.rest.Clear()
		k.n = 0
	}
	if _, known := k.rest.Swap(task, target); !known {
		k.n++
	}
}

// kept returns how many there are.
func (k *keptTargets) kept() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first.Load() == nil {
		return 0
	}
	return 1 + k.n
}

// describeTask says what a task takes and gives, for messages.
func describeTask(t wire.TaskInfo) string {
	kind := "reply"
	if t.Stream {
		kind = "stream"
	}
	s := t.Input + " to " + kind + " of " + t.Output
	if t.Error != "" {
		s += ", errors as " + t.Error
	}
	return s
}

// joinOr lists the names, which a worker may have given by the thousand.
func joinOr(names []string, none string) string {
	const most = 16
	switch {
	case len(names) == 0:
		return none
	case len(names) > most:
		return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
	}
	return strings.Join(names, ", ")
}

// textOf reads a worker's text, for people, up to what a sender should send.
func textOf(payload []byte) string { return wire.ParseText(payload[:min(len(payload), wire.MaxText)]) }
