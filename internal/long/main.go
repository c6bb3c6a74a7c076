package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/procactor"
)

func main() {
	procactor.Main(tasks()...) // the workers of the runs are this program, too
	var o options
	flag.BoolVar(&o.short, "short", false, "the short form, which writes nothing")
	flag.IntVar(&o.n, "n", 0, "how many, whatever the run counts; 0 for its usual number")
	flag.Uint64Var(&o.seed, "seed", 0, "repeat the run of that seed; 0 draws one")
	flag.DurationVar(&o.span, "for", 0, "storm: how long the mixture goes on; 0 for its usual time")
	flag.DurationVar(&o.each, "each", 0, "fuzz: how long for each target; 0 for 5 minutes, and an hour in all")
	flag.StringVar(&o.only, "only", "", "fuzz: only the targets whose names match, which writes nothing into the document")
	flag.Usage = usage
	flag.Parse()
	o.say = func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	chosen, err := choose(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "long:", err)
		usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err = doAll(ctx, chosen, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "long:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run ./internal/long [flags] NAME...")
	for _, r := range runs() {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", r.name, r.what)
	}
	fmt.Fprintln(os.Stderr, "  all        All of these.\nflags:")
	flag.PrintDefaults()
}

// choose finds the runs of those names.
func choose(names []string) ([]run, error) {
	if len(names) == 0 {
		return nil, errors.New("which run?")
	}
	var chosen []run
	for _, name := range names {
		if name == "all" {
			chosen = append(chosen, runs()...)
			continue
		}
		i := slices.IndexFunc(runs(), func(r run) bool { return r.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no run %q", name)
		}
		chosen = append(chosen, runs()[i])
	}
	return chosen, nil
}

// command is the line that does a run again.
func command(r run, o options) string {
	line := "go run ./internal/long"
	if o.short {
		line += " -short"
	}
	if !r.unseeded {
		line += fmt.Sprintf(" -seed %d", o.seed)
	}
	if o.n > 0 {
		line += fmt.Sprintf(" -n %d", o.n)
	}
	if o.span > 0 {
		line += fmt.Sprintf(" -for %v", o.span)
	}
	if o.each > 0 {
		line += fmt.Sprintf(" -each %v", o.each)
	}
	if o.only != "" {
		line += fmt.Sprintf(" -only '%s'", o.only)
	}
	return line + " " + r.name
}

// doAll does one run after the other, also when one has findings, and writes
// down the long ones.
func doAll(ctx context.Context, chosen []run, o options) error {
	var failed []error
	for _, r := range chosen {
		o := o
		if o.n == 0 {
			o.n = r.long
			if o.short {
				o.n = r.short
			}
		}
		if o.seed == 0 {
			o.seed = rand.Uint64()
		}
		at, err := here(ctx)
		if err != nil {
			return err
		}
		o.say("== %s", command(r, o))
		began := time.Now()
		out, err := r.do(ctx, o)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("%s: %w", r.name, err) // it was not done, and says nothing
		}
		text := section(r, o, at, time.Since(began), out)
		fmt.Println(text)
		if !o.short && o.only == "" {
			if err := record(at.root, r.name, text); err != nil {
				return err
			}
		}
		if len(out.findings) > 0 {
			failed = append(failed, fmt.Errorf("%s has %s", r.name, howMany(out.findings)))
		}
	}
	return errors.Join(failed...)
}
