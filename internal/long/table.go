package main

import (
	"context"
	"time"
)

// A run is one thing to do for long.
type run struct {
	name string
	what string // in a sentence, as docs/long-runs.md has it
	do   func(ctx context.Context, o options) (outcome, error)
	// The usual numbers of the long form and of the short one, whatever they
	// count; -n says another. Both zero: it counts nothing.
	long, short int
	unseeded    bool // it draws its random numbers itself
}

// options are what the command line says.
type options struct {
	short bool
	n     int // how many
	seed  uint64
	span  time.Duration // of storm: how long the mixture goes on; zero for the usual
	each  time.Duration // of fuzz: how long for each target; zero for the usual
	only  string        // of fuzz: a regular expression of targets; empty for all
	say   func(format string, args ...any)
}

// runs is the table of all there is, in the order of docs/long-runs.md.
func runs() []run {
	return []run{
		{
			name: "restarts",
			what: "A worker under a supervisor, then those of a pool, crash again and again, in every way, with calls in between: each call ends as the death was, and goroutines, descriptors, threads and memory stay flat.",
			do:   restarts, long: 10_000, short: 200,
		},
		{
			name: "storm",
			what: "Many workers are started and killed at once, in service and before; then a pool is called while inputs kill its workers, others kill and recycle them, and calls are given up: each call and each start ends once, as the task's own marks say, the pool never gives up, and no zombie, no process, no descriptor and no goroutine is left.",
			do:   storm, long: 200, short: 50,
		},
		{
			name: "calls",
			what: "Calls of every shape, from several goroutines, on a pool and on a worker alone: each ends as it must, and nothing of them is left.",
			do:   calls, long: 1_000_000, short: 20_000,
		},
		{
			name: "tree",
			what: "Supervisors of a thousand children each, under one: all start, a random tenth is lost at once and comes back, all stop; the time for each child does not grow with their number.",
			do:   tree, long: 100_000, short: 2_000,
		},
		{
			name: "fuzz",
			what: "Fuzzes every target of the module, one after the other, and keeps, of all inputs that were collected here, the smallest few that run code which those kept already do not.",
			do:   fuzz, unseeded: true,
		},
	}
}
