package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/proctor-dev/proctor/procactor"
)

// formatTask is gofmt as a function from source to formatted source. Its error
// for source that does not parse is a *SyntaxError.
func formatTask(gofmt string) procactor.Task[[]byte, []byte] {
	return procactor.NewCommandTask("gofmt",
		func(_ context.Context, src []byte, _ string) (procactor.Command, error) {
			return procactor.Command{Path: gofmt, Stdin: bytes.NewReader(src)}, nil
		},
		func(r procactor.Result) ([]byte, error) {
			switch r.ExitCode {
			case 0:
				return r.Stdout, nil
			case 2:
				return nil, readErrors(r.Stderr)
			}
			return nil, fmt.Errorf("gofmt exited with %d: %s", r.ExitCode, r.Stderr)
		},
	)
}
