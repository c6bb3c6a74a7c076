package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
	"github.com/proctor-dev/proctor/procactor"
)

func main() {
	if firstByte(os.Args) || pong(os.Args) { // the limits: nothing of Proctor has run yet
		return
	}
	procactor.Main(echoRaw, echoCBOR, echoTogether, chatter)
	if code, played := measure.Play(os.Args, play); played {
		os.Exit(code)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func run() error {
	rounds := flag.Int("rounds", 11, "how often each series is measured")
	length := flag.Duration("time", 300*time.Millisecond, "how long each series is measured in a round")
	quick := flag.Bool("quick", false, "three short rounds; nothing is judged")
	asJSON := flag.Bool("json", false, "print one JSON object instead of a table")
	flag.Parse()
	if *quick {
		*rounds, *length = 3, 50*time.Millisecond
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	peers, err := buildPeers(ctx)
	if err != nil {
		return err
	}
	defer peers.remove()
	series, err := measureAll(ctx, players(peers), *rounds, *length)
	if err != nil {
		return err
	}
	r := report{Host: describeHost(), Rounds: *rounds, Time: length.String(), Judged: !*quick, Rows: compare(rows, series)}
	if *asJSON {
		return r.json(os.Stdout)
	}
	return r.markdown(os.Stdout)
}

// play measures, in a process of its own, what the arguments name.
func play(d time.Duration, args []string) (measure.Series, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("nothing to measure")
	}
	switch args[0] {
	case "raw":
		return playRaw(d, args[1:])
	case "call":
		return playCall(d, args[1:])
	case "beside":
		return playBeside(d)
	case "start":
		return playStart(d, args[1:])
	case "actors":
		return playActors(d)
	case "restarts":
		return playRestarts(d, args[1:])
	}
	return nil, fmt.Errorf("no measurement is called %q", args[0])
}
