// Command worker counts words and letters. Another program starts it and calls
// it; started by a person it says so and ends.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/proctor-dev/proctor/procactor"
)

type result struct{ Words, Letters int }

func count(_ context.Context, text string) (result, error) {
	r := result{Words: len(strings.Fields(text))}
	for _, c := range text {
		if unicode.IsLetter(c) {
			r.Letters++
		}
	}
	return r, nil
}

func main() {
	procactor.Main(procactor.NewTask("count", count)) // in a worker process this never returns
	fmt.Fprintln(os.Stderr, "worker: this is a worker process for another program to start: go run ./examples/foreign")
	os.Exit(2)
}
