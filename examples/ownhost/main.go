package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// The tasks are declared as for a worker; their bytes are JSON, which the program
// knows, too.
var (
	upper = procactor.NewTask[string, string]("upper", nil).WithCodec(codec.JSON[string](), codec.JSON[string]())
	words = procactor.NewStreamTask[string, string]("words", nil).WithCodec(codec.JSON[string](), codec.JSON[string]())
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		serve(os.Stdin, os.Stdout, shout)
		return
	}
	path, err := os.Executable()
	if err == nil {
		err = run(context.Background(), exec.Command(path, "serve"), os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ownhost:", err)
		os.Exit(1)
	}
}

// shout is what the program can do.
func shout(_ context.Context, task string, body []byte, item func(body []byte) error) error {
	text := strings.ToUpper(string(body))
	switch task {
	case "upper":
		return item([]byte(text))
	case "words":
		for word := range strings.FieldsSeq(strings.Trim(text, `"`)) {
			if err := item([]byte(`"` + word + `"`)); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("there is no task %q", task)
}

// run has the program do some tasks.
func run(ctx context.Context, cmd *exec.Cmd, out io.Writer) error {
	h, err := start("shouter", cmd)
	if err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Kill(); <-h.Ended() }()
	loud, err := upper.On(h).Call(ctx, "a program, called like a function")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, loud)
	for word, err := range words.On(h).Stream(ctx, "word by word") {
		if err != nil {
			return err
		}
		fmt.Fprintln(out, word)
	}
	_, err = procactor.NewTask[string, string]("sing", nil).On(h).Call(ctx, "la")
	fmt.Fprintln(out, err)
	return nil
}
