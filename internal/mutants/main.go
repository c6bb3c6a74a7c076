package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"golang.org/x/sync/errgroup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// errSurvived says that a mistake was not noticed, or not by what should.
var errSurvived = errors.New("not noticed as it should be")

// atOnce is how many are tried at the same time: each is a compiler and a
// test.
const atOnce = 2

// run tries those whose names contain one of the words, or all.
func run(ctx context.Context, words []string) error {
	var failed []error
	results := make(chan error)
	go func() {
		defer close(results)
		var group errgroup.Group
		group.SetLimit(atOnce)
		for _, m := range trials() {
			if wanted(m.name, words) {
				group.Go(func() error { results <- try(ctx, m); return nil })
			}
		}
		group.Wait() //nolint:errcheck,gosec // none of them returns one
	}()
	tried := 0
	for err := range results {
		tried++
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	fmt.Printf("%d mutants, each noticed\n", tried)
	return nil
}

func wanted(name string, words []string) bool {
	for _, w := range words {
		if strings.Contains(name, w) {
			return true
		}
	}
	return len(words) == 0
}

// try runs the test that must notice one mutant.
func try(ctx context.Context, m trial) error {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the temporary directory
	overlay, err := m.overlay(dir)
	if err != nil {
		return err
	}
	// Most of a trial is compiling and linking: what no test looks at is left out.
	cmd := exec.CommandContext(ctx, "go", "test", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-count=1", "-timeout=60s", "-run", "^"+m.by.test+"$", m.by.tests)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	noticed, why := judge(string(out), err != nil)
	if m.by != otp {
		noticed, why = judgeTest(m.by.test, string(out), err != nil)
	}
	if !noticed {
		return fmt.Errorf("mutant %q of %s: %w: %s\n%s", m.name, m.file, errSurvived, why, head(out))
	}
	fmt.Printf("%-46s %s\n", m.name, why)
	return nil
}

// head is the beginning of a long output.
func head(out []byte) []byte { return out[:min(len(out), 4000)] }
