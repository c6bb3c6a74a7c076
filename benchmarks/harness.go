package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

// player is a process that measures one or more series.
type player struct {
	program string
	args    []string
}

// players is what one round consists of.
func players(p peers) []player {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	var all []player
	add := func(args ...string) { all = append(all, player{self, args}) }
	for _, size := range []string{"128", "65536", "1048576"} {
		add("raw", "blocking", size)
		add("call", "raw", size, "1")
		add("raw", "netpoller", size)
		add("call", "cbor", size, "1")
	}
	add("call", "raw", "128", "16")
	add("beside")
	add("start", p.minimal)
	add("actors")
	add("restarts", "proctor")
	add("restarts", "suture")
	return append(all, player{program: p.hollywood})
}

// measureAll plays the rounds. Each begins one player later than the one
// before, so that none always follows the same.
func measureAll(ctx context.Context, all []player, rounds int, d time.Duration) (map[string][]measure.Result, error) {
	series := make(map[string][]measure.Result)
	for round := range rounds {
		for i := range all {
			p := all[(i+round)%len(all)]
			got, err := p.play(ctx, d)
			if err != nil {
				return nil, err
			}
			for name, r := range got {
				series[name] = append(series[name], r)
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
	}
	return series, nil
}

// playBound is more than any player needs.
const playBound = time.Minute

func (p player) play(ctx context.Context, d time.Duration) (measure.Series, error) {
	ctx, cancel := context.WithTimeout(ctx, playBound+10*d)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.program, append([]string{measure.PlayArg, d.String()}, p.args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s %v: %w", p.program, p.args, err)
	}
	var got measure.Series
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		return nil, fmt.Errorf("%s %v: read its results: %w", p.program, p.args, err)
	}
	return got, nil
}
