package main

import (
	"math"

	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

// row compares a series of ours with the fastest of others.
type row struct {
	what    string
	ours    string
	against []string
	bound   float64 // the greatest ratio that is good; zero: for information
}

// names say what the series are, with the kinds of descriptors, parent's first.
var names = map[string]string{
	"raw/blocking/128":      "raw ping-pong, pipes, blocking/blocking",
	"raw/netpoller/128":     "raw ping-pong, pipes, netpoller/blocking",
	"raw/blocking/65536":    "raw ping-pong, pipes, blocking/blocking",
	"raw/netpoller/65536":   "raw ping-pong, pipes, netpoller/blocking",
	"raw/blocking/1048576":  "raw ping-pong, pipes, blocking/blocking",
	"raw/netpoller/1048576": "raw ping-pong, pipes, netpoller/blocking",
	"call/raw/128/1":        "the same with no other worker",
	"start/raw":             "exec of the same program to its first byte",
	"start/minimal":         "exec of a minimal Go program to its first byte",
	"hollywood/call":        "hollywood, Request and Result",
	"hollywood/cast/1":      "hollywood, Send",
	"hollywood/cast/8":      "hollywood, Send",
	"restart/suture":        "suture v4, the same function",
}

var rows = []row{
	{"echo 128 B, raw codec", "call/raw/128/1", raw("128"), 1.5},
	{"echo 128 B, CBOR", "call/cbor/128/1", raw("128"), 1.5},
	{"echo 64 KiB, raw codec", "call/raw/65536/1", raw("65536"), 0},
	{"echo 64 KiB, CBOR", "call/cbor/65536/1", raw("65536"), 0},
	{"echo 1 MiB, raw codec", "call/raw/1048576/1", raw("1048576"), 0},
	{"echo 1 MiB, CBOR", "call/cbor/1048576/1", raw("1048576"), 0},
	{"echo 128 B, 16 callers, wall time per call", "call/raw/128/16", raw("128"), 0},
	{"echo 128 B beside a worker that prints without end", "beside/raw/128", []string{"call/raw/128/1"}, 0},
	{"start of a worker to its first reply", "start/worker", []string{"start/raw"}, 1.5},
	{"the same program's bare start", "start/raw", []string{"start/minimal"}, 0},
	{"actor, call", "proctor/call", []string{"hollywood/call"}, 0.5},
	{"actor, call with a timeout of its own", "proctor/call/timeout", []string{"hollywood/call"}, 0},
	{"actor, cast 1 to 1", "proctor/cast/1", []string{"hollywood/cast/1"}, 0.8},
	{"actor, cast 8 to 1", "proctor/cast/8", []string{"hollywood/cast/8"}, 0.8},
	{"restart of a function under a supervisor", "restart/proctor", []string{"restart/suture"}, 2},
}

func raw(size string) []string { return []string{"raw/blocking/" + size, "raw/netpoller/" + size} }

// compared is a row with its numbers.
type compared struct {
	What    string           `json:"what"`
	Ours    measure.Summary  `json:"ours"`
	Others  []comparedSeries `json:"others"`
	Fastest int              `json:"fastest"` // index into Others
	Ratio   float64          `json:"ratio"`   // of the p50, ours to the fastest
	Bound   float64          `json:"bound,omitempty"`
	Met     bool             `json:"met"` // true also where there is no bound
}

type comparedSeries struct {
	Name string `json:"name"`
	measure.Summary
}

// compare makes the rows of the series. A row of which a series is missing is
// left out.
func compare(rows []row, series map[string][]measure.Result) []compared {
	var out []compared
	for _, r := range rows {
		c := compared{What: r.what, Ours: measure.Summarize(series[r.ours]), Bound: r.bound, Met: true}
		best := math.Inf(1)
		for _, name := range r.against {
			if len(series[name]) == 0 {
				continue
			}
			s := comparedSeries{names[name], measure.Summarize(series[name])}
			if s.P50 < best {
				best, c.Fastest = s.P50, len(c.Others)
			}
			c.Others = append(c.Others, s)
		}
		if len(series[r.ours]) == 0 || len(c.Others) == 0 {
			continue
		}
		c.Ratio = c.Ours.P50 / best
		c.Met = c.Bound == 0 || c.Ratio <= c.Bound
		out = append(out, c)
	}
	return out
}
