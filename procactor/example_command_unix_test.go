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
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// Two processes at once at most, whatever calls.
func ExampleStartCommands() {
	upper := procactor.NewCommandTask("upper",
		func(_ context.Context, text, _ string) (procactor.Command, error) {
			return procactor.Command{Path: "tr", Args: []string{"a-z", "A-Z"}, Stdin: strings.NewReader(text)}, nil
		},
		func(r procactor.Result) (string, error) { return string(r.Stdout), nil })

	ctx, sys := context.Background(), actor.NewSystem()
	host, err := procactor.StartCommands(ctx, sys, "upper", procactor.Commands{Limit: 2})
	check(err)
	words := slices.Values([]string{"one", "process", "each"})
	for out, err := range procactor.Map(ctx, upper.On(host), words) {
		fmt.Println(out, err)
	}
	fmt.Println(len(host.Running()), "run")
	check(host.Stop(ctx))
	check(sys.Close(ctx))
	// Output:
	// ONE <nil>
	// PROCESS <nil>
	// EACH <nil>
	// 0 run
}

func ExampleCommandsChild() {
	echo := procactor.NewCommandTask("echo",
		func(_ context.Context, word, _ string) (procactor.Command, error) {
			return procactor.Command{Path: "echo", Args: []string{word}}, nil
		},
		func(r procactor.Result) (string, error) { return strings.TrimSpace(string(r.Stdout)), nil })

	ctx, sys := context.Background(), actor.NewSystem()
	_, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Children: []supervise.ChildSpec{procactor.CommandsChild("tools", procactor.Commands{})},
	})
	check(err)
	fmt.Println(echo.On(procactor.CommandHostAt(sys, "top/tools")).Call(ctx, "hello"))
	check(sys.Close(ctx))
	// Output: hello <nil>
}

// The handle is good before the host is there, and after restarts.
func ExampleCommandHostAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	host := procactor.CommandHostAt(sys, "tools")
	_, up := host.PID()
	fmt.Println(up)
	_, err := procactor.StartCommands(ctx, sys, "tools", procactor.Commands{})
	check(err)
	_, up = host.PID()
	fmt.Println(up, len(host.Running()))
	check(host.Stop(ctx))
	check(sys.Close(ctx))
	// Output:
	// false
	// true 0
}

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
	h, err := procactor.StartCommands(ctx, sys, "go", procactor.Commands{Stderr: io.Discard})
	check(err)
	fmt.Println(describe.On(h).Call(ctx, "module example.org/pigeon\n"))
	_, err = describe.On(h).Call(ctx, "modul")
	var call *actor.CallError
	fmt.Println(errors.As(err, &call), call.Delivery, call.Err)
	check(sys.Close(ctx))
	// Output:
	// example.org/pigeon <nil>
	// true done exit code 1
}
