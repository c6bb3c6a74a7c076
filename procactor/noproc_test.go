package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// playWithoutProc is a program that has commands, and would have a worker. It
// prints its log, and how its worker did not start.
func playWithoutProc() int {
	procactor.Main(square)
	ctx := context.Background()
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(os.Stdout, nil))))
	for range 5 {
		if err := procactor.RunDaemon(ctx, sys, procactor.Daemon{Args: []string{"true"}}); err != nil {
			fmt.Println("a program ended:", err)
		}
	}
	_, err := procactor.Start(ctx, sys, "w", procactor.Self())
	fmt.Println("no worker:", err, errors.Is(err, fs.ErrNotExist))
	fmt.Println("closed:", sys.Close(ctx))
	return 0
}
