package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// report is the outcome of a run.
type report struct {
	Host   host       `json:"host"`
	Rounds int        `json:"rounds"`
	Time   string     `json:"time"`   // of each series in a round
	Judged bool       `json:"judged"` // it was long enough for the bounds to mean something
	Rows   []compared `json:"rows"`
}

func (r report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// markdown prints the table. Times are p50, in brackets the least and greatest
// of a round, and p99.
func (r report) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| what | p50 (rounds) | p99 | against | p50 (rounds) | p99 | ratio | bound |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|\n")
	for _, c := range r.Rows {
		o := c.Others[c.Fastest]
		fmt.Fprintf(&b, "| %s | %s (%s–%s) | %s | %s | %s (%s–%s) | %s | %.2f | %s |\n",
			c.What, span(c.Ours.P50), span(c.Ours.Low), span(c.Ours.High), span(c.Ours.P99),
			o.Name, span(o.P50), span(o.Low), span(o.High), span(o.P99), c.Ratio, r.verdict(c))
	}
	fmt.Fprintf(&b, "\n%s. %d rounds of %s per series, each in processes of its own; the median of the rounds' p50, in brackets the least and the greatest, and the median of their p99. ", r.Host, r.Rounds, r.Time)
	b.WriteString("A ratio is that of the medians; where there are several raw ping-pongs it is to the fastest. Worker and raw ping-pong both run over a pair of pipes; the worker's parent has netpoller descriptors, the worker blocking ones.\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return nil
}

func (r report) verdict(c compared) string {
	switch {
	case c.Bound == 0:
		return "–"
	case !r.Judged:
		return fmt.Sprintf("%.1f, not judged", c.Bound)
	case c.Met:
		return fmt.Sprintf("%.1f, met", c.Bound)
	}
	return fmt.Sprintf("%.1f, **missed**", c.Bound)
}

// span prints nanoseconds with three digits and the unit that suits them.
func span(ns float64) string {
	switch {
	case ns < 1e3:
		return digits(ns) + " ns"
	case ns < 1e6:
		return digits(ns/1e3) + " µs"
	}
	return digits(ns/1e6) + " ms"
}

func digits(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
