package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

func rounds(p50s ...float64) []measure.Result {
	var rs []measure.Result
	for _, v := range p50s {
		rs = append(rs, measure.Result{P50: v, P99: 10 * v, N: 1})
	}
	return rs
}

func TestCompare(t *testing.T) {
	series := map[string][]measure.Result{
		"ours": rounds(12, 15, 90), "slow": rounds(20, 20, 20), "fast": rounds(10, 10, 1),
	}
	for _, c := range []struct {
		name  string
		row   row
		rows  int
		ratio float64
		met   bool
	}{
		{"the fastest counts", row{ours: "ours", against: []string{"slow", "fast"}, bound: 1.4}, 1, 1.5, false},
		{"a bound that is just met", row{ours: "ours", against: []string{"fast", "slow"}, bound: 1.5}, 1, 1.5, true},
		{"without a bound", row{ours: "ours", against: []string{"slow"}}, 1, 0.75, true},
		{"one of several is missing", row{ours: "ours", against: []string{"none", "slow"}}, 1, 0.75, true},
		{"nothing to compare with", row{ours: "ours", against: []string{"none"}}, 0, 0, false},
		{"ours is missing", row{ours: "none", against: []string{"fast"}}, 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := compare([]row{c.row}, series)
			if len(got) != c.rows {
				t.Fatalf("%d rows", len(got))
			}
			if c.rows == 1 && (got[0].Ratio != c.ratio || got[0].Met != c.met) {
				t.Errorf("got %+v", got[0])
			}
		})
	}
}

func TestReport(t *testing.T) {
	made := compare([]row{{what: "it", ours: "ours", against: []string{"raw/blocking/128"}, bound: 1.5}},
		map[string][]measure.Result{"ours": rounds(20e3), "raw/blocking/128": rounds(10e3)})
	for _, c := range []struct {
		name   string
		judged bool
		want   string
	}{
		{"judged", true, "| 2.00 | 1.5, **missed** |"},
		{"not judged", false, "| 2.00 | 1.5, not judged |"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			r := report{Judged: c.judged, Rows: made}
			if err := r.markdown(&b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), "| it | 20.0 µs (20.0 µs–20.0 µs) | 200 µs | raw ping-pong") || !strings.Contains(b.String(), c.want) {
				t.Errorf("the table says\n%s", &b)
			}
		})
	}
	var b strings.Builder
	if err := (report{Rows: made}).json(&b); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(b.String())) {
		t.Errorf("not JSON: %s", &b)
	}
}

// Every row is of series that a player measures.
func TestRowsHaveNames(t *testing.T) {
	for _, r := range rows {
		for _, a := range r.against {
			if names[a] == "" {
				t.Errorf("%s: %s has no name", r.what, a)
			}
		}
	}
}

func TestSpan(t *testing.T) {
	for ns, want := range map[float64]string{
		0: "0.00 ns", 9.876: "9.88 ns", 98.76: "98.8 ns", 987.6: "988 ns", 1000: "1.00 µs", 12_345: "12.3 µs", 1_234_567: "1.23 ms",
	} {
		if got := span(ns); got != want {
			t.Errorf("%v ns: %s, want %s", ns, got, want)
		}
	}
}
