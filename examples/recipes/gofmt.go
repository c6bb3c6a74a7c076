package recipes

import (
	"bytes"
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var gofmt = procactor.NewCommandTask("gofmt",
	func(_ context.Context, src []byte, _ string) (procactor.Command, error) {
		return procactor.Command{Path: "gofmt", Args: []string{"-s"}, Stdin: bytes.NewReader(src)}, nil
	},
	func(r procactor.Result) ([]byte, error) {
		if r.ExitCode != 0 {
			return nil, &UglyError{string(r.Stderr)}
		}
		return r.Stdout, nil
	})

// UglyError is source that does not parse.
type UglyError struct{ Text string }

func (e *UglyError) Error() string { return e.Text }

// startFormatters runs a process for each call, four at once.
func startFormatters(ctx context.Context, sys *actor.System) (actor.Ref[[]byte, []byte], error) {
	host, err := procactor.StartCommands(ctx, sys, "formatters", procactor.Commands{Limit: 4})
	if err != nil {
		return actor.Ref[[]byte, []byte]{}, err
	}
	return gofmt.On(host), nil
}
