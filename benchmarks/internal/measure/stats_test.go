package measure

import (
	"math"
	"testing"
	"time"
)

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	for _, c := range []struct {
		name   string
		values []float64
		p      float64
		want   float64
	}{
		{"none", nil, 0.5, math.NaN()},
		{"one", []float64{7}, 0.99, 7},
		{"half of two is the first", []float64{1, 2}, 0.5, 1},
		{"half of three is the middle", []float64{1, 2, 3}, 0.5, 2},
		{"of a hundred", hundred, 0.99, 99},
		{"the least", hundred, 0, 1},
		{"the greatest", hundred, 1, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Percentile(c.values, c.p); !same(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"none", nil, math.NaN()},
		{"one", []float64{4}, 4},
		{"odd, not sorted", []float64{9, 1, 5}, 5},
		{"even", []float64{4, 1, 2, 3}, 2.5},
		{"one outlier counts for nothing", []float64{1, 1, 1, 1000}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Median(c.values); !same(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	values := []float64{3, 1, 2}
	Median(values)
	if values[0] != 3 || values[1] != 1 || values[2] != 2 {
		t.Errorf("the values were reordered: %v", values)
	}
}

func TestSummarize(t *testing.T) {
	got := Summarize([]Result{{P50: 5, P99: 50, N: 10}, {P50: 3, P99: 90, N: 20}, {P50: 4, P99: 40, N: 30}})
	if want := (Summary{P50: 4, P99: 50, Low: 3, High: 5, N: 60}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if none := Summarize(nil); !math.IsNaN(none.P50) || !math.IsNaN(none.Low) || none.N != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestReduce(t *testing.T) {
	got := Reduce([]time.Duration{300, 100, 200})
	if want := (Result{P50: 200, P99: 300, N: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
