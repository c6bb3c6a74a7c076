package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

func main() {
	procactor.Main(price) // in a worker process this never returns
	tree := flag.String("tree", "examples/embedded/tree.yaml", "the file of the tree")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *tree); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run starts the tree of the file, and has its children fail.
func run(ctx context.Context, out io.Writer, tree string) (err error) {
	file, err := policy.Load(tree, policy.Options{})
	if err != nil {
		return err // each mistake with its place in the file
	}
	w := &world{hangUp: make(chan struct{})}
	spec, err := file.Spec(w.fill())
	if err != nil {
		return err
	}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler))) // it would say what the events do
	defer func() { err = errors.Join(err, sys.Close(ctx)) }()
	shop, err := supervise.Start(ctx, sys, spec)
	if err != nil {
		return err
	}
	next, done := iter.Pull(shop.Events(ctx))
	defer done()
	s := scene{ctx: ctx, out: out, sys: sys, shop: shop, world: w, next: next}
	for _, act := range []func() error{s.stock, s.prices, s.feeds, s.audit} {
		if err := act(); err != nil {
			return err
		}
	}
	if err := s.reload(file, tree); err != nil {
		return err
	}
	return shop.Stop(ctx)
}
