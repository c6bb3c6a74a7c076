// The program that the costs in docs/performance.md are about: one task, one pool.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })

func main() {
	procactor.Main(square)
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "squares", procactor.Self(), procactor.PoolConfig{Size: 2})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for n, err := range procactor.Map(ctx, square.On(pool), slices.Values([]int{1, 2, 3})) {
		fmt.Println(n, err)
	}
	if err := sys.Close(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
