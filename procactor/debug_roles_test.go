package procactor_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// variable returns a variable of the worker's environment.
var variable = procactor.NewTask("variable", func(_ context.Context, name string) (string, error) { return os.Getenv(name), nil })

// playDebugParent is a parent one of whose workers somebody debugs. The
// worker's limits are such that it has no chance unless they are suspended.
func playDebugParent(part string) int {
	ctx, sys := context.Background(), actor.NewSystem()
	w := procactor.Self()
	w.StartTimeout = time.Nanosecond
	var host procactor.Host
	var err error
	if part == "debug pool" {
		host, err = procactor.StartPool(ctx, sys, "pool", w, procactor.PoolConfig{
			Size: 1, Budget: supervise.Budget{Intensity: supervise.NoRestarts},
		})
	} else {
		host, err = procactor.Start(ctx, sys, "w", w)
	}
	if err != nil {
		fmt.Println("not started:", err)
		return 1
	}
	fmt.Println("started")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch lines.Text() {
		case "square":
			n, err := square.WithTimeout(time.Nanosecond).On(host).Call(ctx, 12)
			fmt.Println(n, err)
		case "process":
			pid, err := process.On(host).Call(ctx, struct{}{})
			fmt.Println(pid, err)
		default:
			value, err := variable.On(host).Call(ctx, lines.Text())
			fmt.Printf("%q %v\n", value, err)
		}
	}
	if err := sys.Close(ctx); err != nil {
		fmt.Println("not closed:", err)
		return 1
	}
	return 0
}
