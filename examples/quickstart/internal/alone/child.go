package alone

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

// childArgument makes this program a child. A person has no use for it.
const childArgument = "-quickstart-goroutine"

// statusRecovered is the exit status of a child whose task panicked and whose
// recover caught it.
const statusRecovered = 3

// Main is called first in main. In a child it runs task on the request from
// its standard input and exits; otherwise it returns at once.
func Main(task analyze.Func) {
	if len(os.Args) != 2 || os.Args[1] != childArgument {
		return
	}
	input := json.NewDecoder(os.Stdin)
	var in analyze.Request
	if err := input.Decode(&in); err != nil {
		os.Exit(2)
	}
	go endWithParent()
	ended := make(chan int)
	go func() { ended <- recovered(task, in) }()
	os.Exit(<-ended)
}

// endWithParent ends the child when its parent is no more: that closes the
// pipe, however the parent ended.
func endWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(2)
}

// recovered runs task as a careful program does: a panic is caught. None of
// the made inputs panics.
func recovered(task analyze.Func, in analyze.Request) (status int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintln(os.Stderr, "recovered:", v)
			status = statusRecovered
		}
	}()
	if _, err := task(context.Background(), in); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}
