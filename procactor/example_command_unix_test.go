//go:build unix

package procactor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// A program that knows nothing of this package becomes a task: here the go
// tool, which says of a module what its go.mod says.
func ExampleNewCommandTask() {
	type module struct{ Path string }
	describe := procactor.NewCommandTask("describe",
		func(_ context.Context, goMod, dir string) (procactor.Command, error) {
			err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o600)
			return procactor.Command{Path: "go", Args: []string{"mod", "edit", "-json"}}, err
		},
		func(r procactor.Result) (string, error) {
			if r.ExitCode != 0 {
				return "", fmt.Errorf("exit code %d", r.ExitCode)
			}
			var m struct{ Module module }
			err := json.Unmarshal(r.Stdout, &m)
			return m.Module.Path, err
		})

	ctx, sys := context.Background(), actor.NewSystem()
	tool := procactor.Exec()
	tool.Stderr = io.Discard
	p, err := procactor.Start(ctx, sys, "go", tool)
	check(err)
	fmt.Println(describe.On(p).Call(ctx, "module example.org/pigeon\n"))
	_, err = describe.On(p).Call(ctx, "modul")
	var call *actor.CallError
	fmt.Println(errors.As(err, &call), call.Delivery, call.Err)
	check(sys.Close(ctx))
	// Output:
	// example.org/pigeon <nil>
	// true done exit code 1
}
