package measure

import (
	"math"
	"slices"
	"time"
)

// Result is one series of one round, in nanoseconds per operation.
type Result struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	N   int     `json:"n"` // operations measured
}

// Percentile returns the value below or at which the share p of the sorted
// values lies, by the nearest rank; p is between 0 and 1. Of no values it is
// NaN.
func Percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	rank := int(math.Ceil(p * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median returns the middle of the values, or the mean of the two middle
// ones; of no values NaN. It leaves them in their order.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	half := len(s) / 2
	if len(s)%2 == 1 {
		return s[half]
	}
	return (s[half-1] + s[half]) / 2
}

// Summary is one series over all rounds.
type Summary struct {
	P50  float64 `json:"p50"`  // the median of the rounds' p50
	P99  float64 `json:"p99"`  // the median of the rounds' p99
	Low  float64 `json:"low"`  // the least p50 of a round
	High float64 `json:"high"` // the greatest
	N    int     `json:"n"`    // operations of all rounds
}

// Summarize reduces the rounds of a series; of no rounds all times are NaN.
func Summarize(rounds []Result) Summary {
	p50s, p99s := make([]float64, len(rounds)), make([]float64, len(rounds))
	s := Summary{}
	for i, r := range rounds {
		p50s[i], p99s[i] = r.P50, r.P99
		s.N += r.N
	}
	s.P50, s.P99 = Median(p50s), Median(p99s)
	s.Low, s.High = math.NaN(), math.NaN()
	if len(p50s) > 0 {
		s.Low, s.High = slices.Min(p50s), slices.Max(p50s)
	}
	return s
}

// Reduce makes a Result of the times of single operations.
func Reduce(samples []time.Duration) Result {
	values := make([]float64, len(samples))
	for i, d := range samples {
		values[i] = float64(d)
	}
	slices.Sort(values)
	return Result{P50: Percentile(values, 0.50), P99: Percentile(values, 0.99), N: len(values)}
}
