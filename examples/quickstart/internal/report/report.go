// Package report puts what the quickstart found into words, for people and
// for programs.
package report

import (
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/table"
)

// Run is one way through all files.
type Run struct {
	Table   table.Table
	Elapsed time.Duration
}

// Death is the end of one worker process.
type Death struct {
	PID   int    `json:"pid"`
	Cause string `json:"cause"` // taken from the death itself
}

// Poison is what became of one made input, run both ways.
type Poison struct {
	Kind      string `json:"kind"`
	Goroutine string `json:"goroutine"` // in a goroutine of a program of its own
	Proctor   string `json:"proctor"`   // through a pool of workers: the call's error
}

// Report is everything the quickstart prints, and the object of -json.
type Report struct {
	Files          int         `json:"files"` // that parse; so in all that follows
	Functions      int         `json:"functions"`
	Lines          int         `json:"lines"` // newlines
	Longest        table.Entry `json:"longest"`
	MostComplex    table.Entry `json:"most_complex"`
	Workers        int         `json:"workers"`
	Deaths         []Death     `json:"deaths"`
	Poison         []Poison    `json:"poison"`
	Identical      bool        `json:"identical"`        // the tables of all three runs, to the byte
	FilesPerSecond float64     `json:"files_per_second"` // of the processes without faults
	Speedup        float64     `json:"speedup"`          // of the processes without faults, over one goroutine

	summary []byte
}

// New reports three runs over the same files: in one goroutine, through
// processes, and through processes with faults. The table shown is that of
// the last.
func New(workers int, oneGoroutine, processes, faults Run, deaths []Death, poison []Poison) Report {
	sum := faults.Table.Totals()
	return Report{
		Files:       sum.Files,
		Functions:   sum.Functions,
		Lines:       sum.Lines,
		Longest:     first(faults.Table.Longest(1)),
		MostComplex: first(faults.Table.MostComplex(1)),
		Workers:     workers,
		// A list without elements is [] in JSON, not null.
		Deaths:         append([]Death{}, deaths...),
		Poison:         append([]Poison{}, poison...),
		Identical:      table.Same(oneGoroutine.Table.Bytes(), processes.Table.Bytes(), faults.Table.Bytes()),
		FilesPerSecond: per(float64(processes.Table.Totals().Files), processes.Elapsed.Seconds()),
		Speedup:        per(oneGoroutine.Elapsed.Seconds(), processes.Elapsed.Seconds()),
		summary:        faults.Table.Summary(),
	}
}

// first is the zero Entry for a tree without functions.
func first(entries []table.Entry) table.Entry {
	if len(entries) == 0 {
		return table.Entry{}
	}
	return entries[0]
}

// per is a/b, and 0 where b is: JSON has no infinity.
func per(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
