package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

func main() {
	if err := start(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "command:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, args []string, out io.Writer) error {
	tree, err := goTree(ctx)
	if err != nil {
		return err
	}
	gofmt, err := findGofmt(tree)
	if err != nil {
		return err
	}
	root, interesting := tree, isTestData
	if len(args) == 1 {
		root, interesting = args[0], func(string) bool { return true }
	}
	sources, err := broken(root, interesting)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("no file below %s is broken", root)
	}
	return compare(ctx, gofmt, sources, out)
}

// compare sends the sources through processes, as many at once as there are
// processors, and prints what each
// said; an error tells that it was not what go/format says.
func compare(ctx context.Context, gofmt string, sources []source, out io.Writer) (err error) {
	sys := actor.NewSystem()
	defer func() { err = errors.Join(err, sys.Close(ctx)) }()
	quiet := procactor.Commands{Stderr: io.Discard} // it is in the errors; otherwise it would be logged
	host, err := procactor.StartCommands(ctx, sys, "gofmt", quiet)
	if err != nil {
		return err
	}
	texts := func(yield func([]byte) bool) {
		for _, s := range sources {
			if !yield(s.text) {
				return
			}
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	at, other := 0, 0
	for _, err := range procactor.Map(ctx, formatTask(gofmt).On(host), texts) {
		s := sources[at]
		at++
		syntax, ok := errors.AsType[*SyntaxError](err)
		if !ok { // no exit code 2: it was killed, say, or could not be started
			return fmt.Errorf("%s: %w", s.path, orUnexpected(err))
		}
		verdict := "same"
		if !syntax.Equal(s.err) {
			verdict = "go/format says: " + s.err.Error()
			other++
		}
		fmt.Fprintf(table, "%s\t%v\t%s\n", s.path, syntax, verdict)
	}
	fmt.Fprintf(table, "%d broken files, %d told apart by gofmt and go/format\n", at, other)
	if err := table.Flush(); err != nil {
		return err
	}
	if other > 0 {
		return fmt.Errorf("gofmt and go/format differ on %d files", other)
	}
	return nil
}

// orUnexpected is the error, or what to say in its place.
func orUnexpected(err error) error {
	if err == nil {
		return errors.New("gofmt took it, though it does not parse")
	}
	return err
}
