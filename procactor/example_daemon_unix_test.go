//go:build unix

package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// sleeping is a plain program that runs until it is told to end.
func sleeping() procactor.Daemon {
	return procactor.Daemon{
		Args: []string{"sh", "-c", "echo ready; exec sleep 1000"}, Stdout: io.Discard, Stderr: io.Discard,
		Ready: procactor.Readiness{Line: func(line string) bool { return line == "ready" }},
	}
}

func ExampleStartDaemon() {
	ctx, sys := context.Background(), actor.NewSystem()
	d, err := procactor.StartDaemon(ctx, sys, "sleeper", sleeping())
	check(err)
	_, up := d.Process()
	fmt.Println(d.Name(), up)
	fmt.Println(d.Stop(ctx))
	check(sys.Close(ctx))
	// Output:
	// sleeper true
	// <nil>
}

func ExampleDaemonChild() {
	ctx, sys := context.Background(), actor.NewSystem()
	_, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{procactor.DaemonChild("sleeper", sleeping())}})
	check(err)
	fmt.Println(len(procactor.ProcessIDsAt(sys, "top/sleeper")), "process")
	check(sys.Close(ctx))
	// Output: 1 process
}

// DaemonAt names what need not be there yet.
func ExampleDaemonAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	d := procactor.DaemonAt(sys, "later")
	fmt.Println(errors.Is(d.Signal(syscall.SIGHUP), actor.ErrNoActor))
	_, err := procactor.StartDaemon(ctx, sys, "later", sleeping())
	check(err)
	_, up := d.Process()
	fmt.Println(up)
	check(sys.Close(ctx))
	// Output:
	// true
	// true
}

func ExampleRunDaemon() {
	ctx, sys := context.Background(), actor.NewSystem()
	err := procactor.RunDaemon(ctx, sys, procactor.Daemon{Args: []string{"sh", "-c", "exit 3"}})
	var exit *procactor.ExitError
	fmt.Println(errors.As(err, &exit), exit.Code)
	check(sys.Close(ctx))
	// Output: true 3
}

// The program does the work of an actor, at whose path its process is found.
func ExampleRunDaemonFor() {
	ctx, sys := context.Background(), actor.NewSystem()
	report, err := actor.SpawnFunc(ctx, sys, "report", func(ctx context.Context, _ struct{}) (struct{}, error) {
		return struct{}{}, procactor.RunDaemonFor(ctx, sys, "report", procactor.Daemon{Args: []string{"true"}})
	})
	check(err)
	_, err = report.Call(ctx, struct{}{})
	fmt.Println(err)
	check(sys.Close(ctx))
	// Output: <nil>
}

func ExampleProcessIDsAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	_, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	check(err)
	fmt.Println(len(procactor.ProcessIDsAt(sys, "pool")), len(procactor.ProcessIDsAt(sys, "nobody")))
	check(sys.Close(ctx))
	// Output: 2 0
}

func ExampleSignalAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	d, err := procactor.StartDaemon(ctx, sys, "sleeper", sleeping())
	check(err)
	pid, _ := d.PID()
	down := sys.Watch(ctx, pid)
	check(procactor.SignalAt(sys, "sleeper", syscall.SIGINT))
	fmt.Println(supervise.CauseOf((<-down).Reason).Signal)
	check(sys.Close(ctx))
	// Output: SIGINT
}

// What the program has started gets the signal as well.
func ExampleSignalGroupAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	d, err := procactor.StartDaemon(ctx, sys, "sleeper", sleeping())
	check(err)
	pid, _ := d.PID()
	down := sys.Watch(ctx, pid)
	check(procactor.SignalGroupAt(sys, "sleeper", syscall.SIGTERM))
	fmt.Println(supervise.CauseOf((<-down).Reason).Signal)
	check(sys.Close(ctx))
	// Output: SIGTERM
}
