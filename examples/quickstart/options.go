package main

import (
	"flag"
	"fmt"
	"io"
	"runtime"
)

// options is what the command line says.
type options struct {
	json    bool
	src     string // "": the standard library's source
	workers int    // at least 1
}

// parseOptions reads the command line without the program's name. Its error
// has been told on stderr; it is flag.ErrHelp after -h.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&o.json, "json", false, "print one JSON object, for programs")
	flags.StringVar(&o.src, "src", "", "analyze the tree at `DIR` (default: the source of the standard library)")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "run `N` worker processes")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	err := o.validate(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
	}
	return o, err
}

func (o options) validate(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("takes no arguments, got %q", rest)
	case o.workers < 1:
		return fmt.Errorf("-workers is %d, needs at least 1", o.workers)
	}
	return nil
}
