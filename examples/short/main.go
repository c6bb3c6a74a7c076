// Command short is the program of the README: a function, run by worker
// processes, one of which it ends.
package main

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var divide = procactor.NewTask("divide", func(_ context.Context, n int) (int, error) { return 12 / n, nil })

func main() {
	procactor.Main(divide) // in a worker process this never returns
	ctx, sys := context.Background(), actor.NewSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 4})
	if err != nil {
		log.Fatal(err)
	}
	for n, err := range procactor.Map(ctx, divide.On(pool), slices.Values([]int{1, 2, 0, 4})) {
		fmt.Println(n, err)
	}
	if err := sys.Close(ctx); err != nil {
		log.Print(err)
	}
}
