package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// check keeps the examples short.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Call Main first, with all tasks: in a worker it never returns.
func ExampleMain() {
	procactor.Main(square, echo)
	fmt.Println("this is no worker")
	// Output: this is no worker
}

func ExampleSetup() {
	setup := procactor.Setup(func(context.Context) (cleanup func(), err error) {
		fmt.Println("each worker does this before it is ready")
		return func() { fmt.Println("and this before it exits") }, nil
	})
	procactor.Main(square, setup)
	fmt.Println("this is no worker")
	// Output: this is no worker
}

// A worker is called like a function, and is stopped with its system.
func ExampleStart() {
	ctx, sys := context.Background(), actor.NewSystem()
	w, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	fmt.Println(square.On(w).Call(ctx, 12))
	fmt.Println(sys.Close(ctx))
	// Output:
	// 144 <nil>
	// <nil>
}

// A program starts itself as its worker, with arguments that only the worker
// sees, and treats it as the fields say.
func ExampleSelf() {
	ctx, sys := context.Background(), actor.NewSystem()
	w := procactor.Self("-mode=worker")
	w.Grace = time.Second
	w.Env = append(os.Environ(), "MODEL=small")
	p, err := procactor.Start(ctx, sys, "w", w)
	check(err)
	fmt.Println(square.On(p).Call(ctx, 3))
	check(sys.Close(ctx))
	// Output: 9 <nil>
}

// The worker may be another program, of which this one only knows the tasks.
func ExampleProgram() {
	double := procactor.NewTask[int, int]("square", nil) // done elsewhere
	path, err := os.Executable()
	check(err)
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Program(path))
	check(err)
	fmt.Println(double.On(p).Call(ctx, 4))

	_, err = procactor.Start(ctx, sys, "x", procactor.Program("no-such-program"))
	var start *actor.StartError
	fmt.Println(errors.As(err, &start), start.Name)
	check(sys.Close(ctx))
	// Output:
	// 16 <nil>
	// true x
}

// A stop lets what runs finish, and leaves no process.
func ExampleProcess_Stop() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	fmt.Println(p.Stop(ctx))
	_, err = square.On(p).Call(ctx, 2)
	fmt.Println(errors.Is(err, actor.ErrNoActor), errors.Is(err, actor.ErrNotStarted))
	check(sys.Close(ctx))
	// Output:
	// <nil>
	// true true
}

func ExampleStartPool() {
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "squares", procactor.Self(), procactor.PoolConfig{Size: 2})
	check(err)
	fmt.Println(square.On(pool).Call(ctx, 5))
	for _, w := range pool.Workers() {
		fmt.Println(strings.HasPrefix(w.PID.Name, "squares#"), w.Calls)
	}
	check(pool.Stop(ctx))
	check(sys.Close(ctx))
	// Output:
	// 25 <nil>
	// true 0
	// true 0
}

func ExampleMap() {
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	check(err)
	for out, err := range procactor.Map(ctx, square.On(pool), slices.Values([]int{1, 2, 3})) {
		fmt.Println(out, err)
	}
	check(sys.Close(ctx))
	// Output:
	// 1 <nil>
	// 4 <nil>
	// 9 <nil>
}

func ExampleMapFold() {
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	check(err)
	add := func(sum, n int) int { return sum + n }
	fmt.Println(procactor.MapFold(ctx, square.On(pool), slices.Values([]int{1, 2, 3}), 0, add))
	check(sys.Close(ctx))
	// Output: 14 <nil>
}

// Under a supervisor a worker is started again when it dies; the Ref stays.
func ExampleProcessChild() {
	ctx, sys := context.Background(), actor.NewSystem()
	_, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())},
	})
	check(err)
	w := procactor.HostAt(sys, "top/w")
	_, err = misbehave.On(w).Call(ctx, "exit")
	fmt.Println(errors.Is(err, actor.ErrOutcomeUnknown))
	fmt.Println(square.On(w).Call(ctx, 6))
	check(sys.Close(ctx))
	// Output:
	// true
	// 36 <nil>
}

func ExamplePoolChild() {
	ctx, sys := context.Background(), actor.NewSystem()
	_, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Children: []supervise.ChildSpec{procactor.PoolChild("pool", procactor.Self(), procactor.PoolConfig{Size: 1})},
	})
	check(err)
	fmt.Println(square.On(procactor.HostAt(sys, "top/pool")).Call(ctx, 7))
	check(sys.Close(ctx))
	// Output: 49 <nil>
}

// The handle is good before the worker is there, and after restarts.
func ExampleProcessAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	p := procactor.ProcessAt(sys, "w")
	_, up := p.PID()
	fmt.Println(up)
	_, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	fmt.Println(square.On(p).Call(ctx, 7))
	fmt.Println(p.Stop(ctx))
	check(sys.Close(ctx))
	// Output:
	// false
	// 49 <nil>
	// <nil>
}

func ExamplePoolAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	_, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	check(err)
	fmt.Println(len(procactor.PoolAt(sys, "pool").Workers()), len(procactor.PoolAt(sys, "nobody").Workers()))
	check(sys.Close(ctx))
	// Output: 2 0
}

// HostAt names what need not be there yet.
func ExampleHostAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref := square.On(procactor.HostAt(sys, "later"))
	_, err := ref.Call(ctx, 8)
	fmt.Println(errors.Is(err, actor.ErrNoActor))
	_, err = procactor.Start(ctx, sys, "later", procactor.Self())
	check(err)
	fmt.Println(ref.Call(ctx, 8))
	check(sys.Close(ctx))
	// Output:
	// true
	// 64 <nil>
}

// A task is declared once, usually as a variable that main hands to Main.
func ExampleNewTask() {
	length := procactor.NewTask("length", func(_ context.Context, s string) (int, error) { return len(s), nil })
	fmt.Println(length.Name())
	// Output: length
}

// Range over a stream; leaving the loop cancels the task.
func ExampleNewStreamTask() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	for n, err := range count.On(p).Stream(ctx, -1) { // numbers without end
		fmt.Println(n, err)
		if n == 2 {
			break
		}
	}
	check(sys.Close(ctx))
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 <nil>
}

// Codecs are set on both sides, and compared before the first call.
func ExampleTask_WithCodec() {
	readable := square.WithCodec(codec.JSON[int](), codec.JSON[int]())
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	_, err = readable.On(p).Call(ctx, 2)
	var misfit *procactor.HandshakeError
	fmt.Println(errors.As(err, &misfit))
	fmt.Println("wants", misfit.Wants)
	fmt.Println("has", misfit.Has)
	check(sys.Close(ctx))
	// Output:
	// true
	// wants json to reply of json
	// has it as cbor to reply of cbor
}

// The task is declared with WithErrors(codec.Error(codec.Default[shortage]())).
func ExampleTask_WithErrors() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	_, err = fetch.On(p).Call(ctx, "pigeons")
	var s shortage
	fmt.Println(errors.As(err, &s), s.Have, s.Item)
	check(sys.Close(ctx))
	// Output: true 2 pigeons
}

// A request that kills every worker is quarantined after the third.
func ExampleTask_Idempotent() {
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 1})
	check(err)
	_, err = misbehave.Idempotent().On(pool).Call(ctx, "panic")
	var poison *procactor.PoisonError
	fmt.Println(errors.As(err, &poison), len(poison.Deaths))
	var crash *actor.PanicError
	fmt.Println(errors.As(err, &crash), crash.Value)
	fmt.Println(square.On(pool).Call(ctx, 9))
	check(sys.Close(ctx))
	// Output:
	// true 3
	// true boom
	// 81 <nil>
}

func ExampleTask_WithKey() {
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 1})
	check(err)
	ref := misbehave.Idempotent().WithKey(func(how string) string { return how }).On(pool)
	for range 2 { // the second is refused without killing anybody
		_, err = ref.Call(ctx, "exit")
		var poison *procactor.PoisonError
		fmt.Println(errors.As(err, &poison), poison.Key, errors.Is(err, actor.ErrNotStarted))
	}
	check(sys.Close(ctx))
	// Output:
	// true exit false
	// true exit true
}

// One worker may run several calls of a task at once, if the task says so.
func ExampleTask_Concurrent() {
	lookup := procactor.NewTask("lookup", func(_ context.Context, host string) (string, error) {
		return host, nil // waits for others most of the time
	}).Concurrent(16)
	fmt.Println(lookup.Name())
	// Output: lookup
}

func ExampleTask_WithTimeout() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	_, err = misbehave.WithTimeout(10*time.Millisecond).On(p).Call(ctx, "wait")
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	check(sys.Close(ctx))
	// Output: true
}

// One worker serves several tasks.
func ExampleTask_On() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	squares, echoes := square.On(p), echo.On(p)
	fmt.Println(squares.Call(ctx, 10))
	text, err := echoes.Call(ctx, []byte("hello"))
	fmt.Println(string(text), err)
	check(sys.Close(ctx))
	// Output:
	// 100 <nil>
	// hello <nil>
}

func ExampleWithOutput() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	var stdout, stderr bytes.Buffer
	_, err = misbehave.On(p).Call(procactor.WithOutput(ctx, &stdout, &stderr), "print")
	fmt.Printf("%q %q %v\n", stdout.String(), stderr.String(), err)
	check(sys.Close(ctx))
	// Output: "out\n" "err\n" <nil>
}

// A task asks its context for what came with the call.
func ExampleCallFrom() {
	work := procactor.NewTask("work", func(ctx context.Context, _ int) (string, error) {
		call := procactor.CallFrom(ctx)
		return fmt.Sprint(call.Attempt, call.Key, call.Traceparent), nil
	})
	fmt.Println(work.Name(), procactor.CallFrom(context.Background()) == procactor.Call{})
	// Output: work true
}

func ExampleWithTraceparent() {
	ctx := procactor.WithTraceparent(context.Background(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	sys := actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	fmt.Println(square.On(p).Call(ctx, 11)) // the task finds it by CallFrom
	check(sys.Close(ctx))
	// Output: 121 <nil>
}

// A program that is not there is told before anything was started.
func ExampleCommandError() {
	missing := procactor.NewCommandTask("missing",
		func(context.Context, int, string) (procactor.Command, error) {
			return procactor.Command{Path: "no-such-program-anywhere"}, nil
		},
		func(procactor.Result) (int, error) { return 0, nil })
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.StartCommands(ctx, sys, "tools", procactor.Commands{})
	check(err)
	_, err = missing.On(p).Call(ctx, 1)
	var command *procactor.CommandError
	fmt.Println(errors.As(err, &command), errors.Is(err, actor.ErrNotStarted))
	fmt.Println(command.Program+":", command.Hint)
	check(sys.Close(ctx))
	// Output:
	// true true
	// no-such-program-anywhere: install it, or name it by its path
}

// The death of a worker says all there is to know.
func ExampleExitError() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	_, err = misbehave.On(p).Call(ctx, "panic")
	var exit *procactor.ExitError
	fmt.Println(errors.As(err, &exit), exit.Code, exit.Signal, exit.Killed, exit.CallState)
	fmt.Println(exit.Panic.Value, len(exit.Panic.Stack) > 0)
	check(sys.Close(ctx))
	// Output:
	// true 2 <nil> false started
	// boom true
}

// A task's own error travels as text, with the standard library's sentinels.
func ExampleTaskError() {
	ctx, sys := context.Background(), actor.NewSystem()
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	check(err)
	_, err = misbehave.On(p).Call(ctx, "error")
	var own *procactor.TaskError
	fmt.Println(errors.As(err, &own), own.Message)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	check(sys.Close(ctx))
	// Output:
	// true not here: file does not exist
	// true
}
