//go:build unix

package procactor_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// playReplaced is a program whose file is replaced while it runs, as by an
// update, and which starts a worker then.
func playReplaced() {
	procactor.Main(act)
	ctx, own := context.Background(), os.Args[0]
	if err := os.WriteFile(own+".new", []byte("#!/bin/sh\nexit 9\n"), 0o700); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.Rename(own+".new", own); err != nil {
		fmt.Println(err)
		return
	}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer sys.Close(ctx) //nolint:errcheck // what it prints is the result
	p, err := procactor.Start(ctx, sys, "w", procactor.Self())
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := act.On(p).Call(ctx, deed{Do: "print", Text: "unseen"})
	fmt.Printf("served %q %v\n", text, err)
}
