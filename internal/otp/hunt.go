package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/proctor-dev/proctor/internal/otp/random"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// options are those of the command line.
type options struct {
	n     int
	seed  uint64
	found string
	files []string
}

// errDiffers says that a scenario gave another trace than OTP's.
var errDiffers = errors.New("another trace than OTP's")

// batchSize is how many scenarios one start of the oracle plays.
const batchSize = 50

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "otp")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is in a folder of temporary ones
	erlang, err := newOracle(dir)
	if err != nil {
		return err
	}
	h := &hunt{oracle: erlang}
	draw, total := h.drawn(o.seed), o.n
	if len(o.files) > 0 {
		list, err := readFiles(o.files)
		if err != nil {
			return err
		}
		draw, total = func(i int) *scenario.Scenario { return list[i] }, len(list)
	} else {
		fmt.Printf("%d scenarios by chance, -seed %d\n", total, o.seed)
	}
	for from := 0; from < total; from += batchSize {
		var batch []*scenario.Scenario
		for i := from; i < min(from+batchSize, total); i++ {
			batch = append(batch, draw(i))
		}
		if err := h.compare(ctx, batch, o.found); err != nil {
			return err
		}
	}
	fmt.Printf("%d traces, %d lines, are OTP's", total, h.lines)
	if h.skipped > 0 {
		fmt.Printf("; %d more were drawn that OTP does not define", h.skipped)
	}
	if h.wavered > 0 {
		fmt.Printf("; OTP itself wavered on %d", h.wavered)
	}
	fmt.Println()
	return nil
}

func readFiles(files []string) ([]*scenario.Scenario, error) {
	var list []*scenario.Scenario
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s, err := scenario.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		list = append(list, s)
	}
	return list, nil
}

// player plays scenarios on OTP's supervisor.
type player interface {
	play(ctx context.Context, list []*scenario.Scenario) ([]verdict, error)
}

// hunt looks for scenarios that differ.
type hunt struct {
	oracle  player
	lines   int // that were compared
	skipped int // drawn, but not defined
	wavered int // differed once, but not again
}

// drawn gives the scenarios of that seed.
func (h *hunt) drawn(seed uint64) func(int) *scenario.Scenario {
	attempt := uint64(0)
	return func(int) *scenario.Scenario {
		for ; ; h.skipped++ {
			attempt++
			s := random.Scenario(rand.New(rand.NewPCG(seed, attempt))) //nolint:gosec // it is to be repeatable
			if trace, err := scenario.Run(s); err == nil && random.Defined(s, trace) {
				return s
			}
		}
	}
}

// compare plays the scenarios on both. The first that differs is saved.
func (h *hunt) compare(ctx context.Context, batch []*scenario.Scenario, found string) error {
	verdicts, err := h.oracle.play(ctx, batch)
	if err != nil {
		return err
	}
	for i, s := range batch {
		h.lines += len(verdicts[i].trace)
		if differs(s, verdicts[i]) == nil {
			continue
		}
		if again, err := h.differsAgain(ctx, s); err != nil || !again {
			if err != nil {
				return err
			}
			h.wavered++
			continue
		}
		small, v, err := h.shrink(ctx, s)
		if err != nil {
			return err
		}
		return h.report(small, v, found)
	}
	return nil
}

// differs holds the trace of s against the verdict.
func differs(s *scenario.Scenario, v verdict) error {
	got, err := scenario.Run(s)
	if err != nil {
		return err
	}
	if v.err != nil {
		return v.err
	}
	return scenario.Compare(v.trace, got, s.Unordered)
}

// tries is how often a difference must be seen: on a busy machine a process may
// be late.
const tries = 3

func (h *hunt) differsAgain(ctx context.Context, s *scenario.Scenario) (bool, error) {
	for range tries - 1 {
		v, err := h.oracle.play(ctx, []*scenario.Scenario{s})
		if err != nil || differs(s, v[0]) == nil {
			return false, err
		}
	}
	return true, nil
}

// shrink leaves things out of s as long as what is left differs.
func (h *hunt) shrink(ctx context.Context, s *scenario.Scenario) (*scenario.Scenario, verdict, error) {
	v, err := h.oracle.play(ctx, []*scenario.Scenario{s})
	if err != nil {
		return nil, verdict{}, err
	}
	best := v[0]
	for {
		list, err := candidates(s)
		if err != nil {
			return nil, verdict{}, err
		}
		smaller := -1
		for from := 0; from < len(list) && smaller < 0; from += batchSize {
			batch := list[from:min(from+batchSize, len(list))]
			verdicts, err := h.oracle.play(ctx, batch)
			if err != nil {
				return nil, verdict{}, err
			}
			for i, c := range batch {
				if differs(c, verdicts[i]) == nil {
					continue
				}
				if again, err := h.differsAgain(ctx, c); err != nil {
					return nil, verdict{}, err
				} else if again {
					smaller, best = from+i, verdicts[i]
					break
				}
			}
		}
		if smaller < 0 {
			return s, best, nil
		}
		s = list[smaller]
	}
}

// candidates are those that are smaller and defined.
func candidates(s *scenario.Scenario) ([]*scenario.Scenario, error) {
	all, err := random.Smaller(s)
	if err != nil {
		return nil, err
	}
	var list []*scenario.Scenario
	for _, c := range all {
		if trace, err := scenario.Run(c); err == nil && random.Defined(c, trace) {
			list = append(list, c)
		}
	}
	return list, nil
}

// report saves the scenario and returns how it differs.
func (h *hunt) report(s *scenario.Scenario, v verdict, found string) error {
	why := differs(s, v)
	text, name, err := named(s)
	if err != nil {
		return err
	}
	if found == "" || v.err != nil {
		return fmt.Errorf("%w: %w\n%s", errDiffers, why, text)
	}
	file := filepath.Join(found, name)
	if err := os.WriteFile(file+".json", text, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(file+".jsonl", v.text, 0o600); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w\n%sit is saved as %s.json, with OTP's trace", errDiffers, why, text, file)
}
