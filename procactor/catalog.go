package procactor

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
	"github.com/proctor-dev/proctor/procactor/wire"
)

var errNoFunction = errors.New("this program declares the task without its function")

// servedTask is a task as the worker's loop sees it, without its types.
type servedTask struct {
	info  wire.TaskInfo
	errs  codec.Codec[error]
	parse func(body []byte, memory int64) (serve.Job, error)
	cli   func() cliTask // the task as a person sees it; costs nothing until called
	// refused is why its types cannot be carried; nil if they can.
	refused error
}

// taskJob is a request of one task.
type taskJob[In, Out any] struct {
	task *Task[In, Out]
	in   In
	out  Out
}

// Encode implements [serve.Job].
func (j *taskJob[In, Out]) Encode(dst []byte) ([]byte, error) {
	return appendValue(j.task.out, dst, j.out)
}

// Run implements [serve.Job].
func (j *taskJob[In, Out]) Run(ctx context.Context, w serve.Answerer) error {
	if j.task.stream != nil {
		return j.task.stream(ctx, j.in, func(out Out) error {
			return w.Item(func(dst []byte) ([]byte, error) { return appendValue(j.task.out, dst, out) })
		})
	}
	if j.task.fn == nil {
		return errNoFunction
	}
	var err error
	if j.out, err = j.task.fn(ctx, j.in); err != nil {
		return err
	}
	return w.Reply(j)
}

// catalog is what Main was given.
type catalog struct {
	tasks    map[string]servedTask
	order    []wire.TaskInfo // what is offered to the parent
	commands []command
	setup    []setupFunc
	err      error
}

// command is a command task. It is not offered: the parent can start the
// program as well as this worker can. A person may run it.
type command struct {
	servedTask     // without parse
	before     int // how many of the offered tasks Main got before it
}

func newCatalog(tasks []MainOption) *catalog {
	c := &catalog{tasks: make(map[string]servedTask, len(tasks))}
	for _, t := range tasks {
		if t == nil {
			c.fail(errors.New("Main was given nil for a task"))
			continue
		}
		t.register(c)
	}
	return c
}

// unique refuses a second task of a name.
func (c *catalog) unique(task string) {
	_, twice := c.tasks[task]
	for i := range c.commands {
		twice = twice || c.commands[i].info.Name == task
	}
	if twice {
		c.fail(fmt.Errorf("task %q is given to Main twice", task))
	}
}

// addCommand adds a command task.
func (c *catalog) addCommand(t servedTask) {
	c.unique(t.info.Name)
	c.commands = append(c.commands, command{t, len(c.order)})
}

// byHand returns what a person may run, in the order in which Main got it.
func (c *catalog) byHand() []servedTask {
	all := make([]servedTask, 0, len(c.order)+len(c.commands))
	rest := c.commands
	for i, t := range c.order {
		for ; len(rest) > 0 && rest[0].before == i; rest = rest[1:] {
			all = append(all, rest[0].servedTask)
		}
		all = append(all, c.tasks[t.Name])
	}
	for _, t := range rest {
		all = append(all, t.servedTask)
	}
	return all
}

func (c *catalog) add(t servedTask) {
	c.unique(t.info.Name)
	c.tasks[t.info.Name] = t
	c.order = append(c.order, t.info)
}

// unfit returns why the catalog cannot be served: what is wrong with Main's
// arguments, or with the types of a task.
func (c *catalog) unfit() error {
	if c.err != nil {
		return c.err
	}
	for _, t := range c.order {
		if err := c.tasks[t.Name].refused; err != nil {
			return err
		}
	}
	return nil
}

// fail notes what is wrong with Main's arguments; the first is told.
func (c *catalog) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

type setupFunc func(ctx context.Context) (cleanup func(), err error)

// Setup returns what [Main] runs in the worker before it says that it is
// ready; several run in order. Its error is a failed start, with that text, in
// the parent. cleanup, unless nil, runs before the worker exits in order, the
// last first. ctx ends when the worker is asked to stop or loses its parent.
//
// It is the place for what a worker is to give up before an input comes: its
// resource limits (setrlimit(2)), its file system (landlock(7)), its system calls
// (seccomp(2)). RLIMIT_AS does not fit a program in Go, with cgo even less: the
// runtime reserves addresses that it never uses, and a thread needs a stack of
// them; a cgroup limits memory. What holds for one thread only, as landlock
// does, is to be set for all: by [syscall.AllThreadsSyscall] in a program
// without cgo.
func Setup(f func(ctx context.Context) (cleanup func(), err error)) MainOption { return setupFunc(f) }

func (f setupFunc) register(c *catalog) {
	if f == nil {
		c.fail(errors.New("Setup was given nil"))
		return
	}
	c.setup = append(c.setup, f)
}
