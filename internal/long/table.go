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
	each  time.Duration // of fuzz: how long for each target; zero for the usual
	say   func(format string, args ...any)
}

// runs is the table of all there is, in the order of docs/long-runs.md.
func runs() []run {
	return []run{
		{
			name: "fuzz",
			what: "Fuzzes every target of the module, one after the other, and keeps of the inputs that showed new code the smallest few that do so beside those kept already.",
			do:   fuzz, unseeded: true,
		},
	}
}
