package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

func main() {
	procactor.Main(parse, square) // in a worker process this never returns
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tree:", err)
		os.Exit(1)
	}
}

// run starts the tree, has parts of it crash, and stops it again.
func run(ctx context.Context, out io.Writer) (err error) {
	// Every crash is printed here, so the log need not tell it too.
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer func() { err = errors.Join(err, sys.Close(ctx)) }()
	polls := make(chan int)
	top, err := supervise.Start(ctx, sys, shop(polls))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "poller: life %d begins, and fails; life %d is here already\n", <-polls, <-polls)
	crash(ctx, out, actor.RefAt[int, int](sys, "shop/counter"), 40, -1, 2)
	crash(ctx, out, parse.On(procactor.HostAt(sys, "shop/back/parser")), "17", "seventeen", "18")
	for n, err := range procactor.Map(ctx, square.On(procactor.HostAt(sys, "shop/back/squares")), slices.Values([]int{1, 2, 3, 4})) {
		fmt.Fprintln(out, "squares:", n, err)
	}
	if err := list(ctx, out, top); err != nil {
		return err
	}
	return top.Stop(ctx)
}

// crash makes three calls: one that is answered, one that ends the life that
// has it, and one that the next life answers. The Ref stays the same.
func crash[Req any](ctx context.Context, out io.Writer, ref actor.Ref[Req, int], good, bad, again Req) {
	watch := ref.Watch(ctx)
	for _, req := range []Req{good, bad, again} {
		n, err := ref.Call(ctx, req)
		if err != nil {
			down := <-watch
			fmt.Fprintf(out, "%s: %v: its caller is told %q\n", ref.Name(), req, err)
			fmt.Fprintf(out, "%s: %v is down: %v\n", ref.Name(), down.PID, down.Reason)
			continue
		}
		fmt.Fprintf(out, "%s: %v: %d\n", ref.Name(), req, n)
	}
}

// list prints the children of the supervisor as it sees them.
func list(ctx context.Context, out io.Writer, top *supervise.Supervisor) error {
	children, err := top.WhichChildren(ctx)
	for _, c := range slices.Backward(children) { // the youngest comes first, as in OTP
		fmt.Fprintf(out, "%s: %v, %v, %v\n", c.ID, c.State, c.Type, c.PID)
	}
	return err
}
