// Command otp holds supervisors against Erlang/OTP's own: it draws scenarios by
// chance, plays them on both, and compares the traces. One that differs is made
// as small as it gets, saved to testdata with OTP's trace, and fails the run.
//
//	go run ./internal/otp                300 scenarios
//	go run ./internal/otp -n 5000        so many
//	go run ./internal/otp -seed 7        those of an earlier run
//	go run ./internal/otp FILE.json...   these scenarios
//
// It needs escript in PATH (Debian: erlang-base); tools/otp/prepare installs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	n := flag.Int("n", 300, "how many scenarios are drawn")
	seed := flag.Uint64("seed", rand.Uint64N(1_000_000_000), "of the chance") //nolint:gosec // no secret
	found := flag.String("found", "supervise/testdata/otp/found", "where a scenario that differs is saved; empty: nowhere")
	flag.Parse()
	err := run(ctx, options{n: *n, seed: *seed, found: *found, files: flag.Args()})
	if err != nil {
		fmt.Fprintln(os.Stderr, "otp:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}
