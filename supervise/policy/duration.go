package policy

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Texts of durations: one or more numbers with a unit each, as "2m30s".
const (
	durationPattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$`
	nonzeroPattern  = `[1-9]`
	durationHint    = `write a number with a unit (ms, s, m, h, d), such as "500ms", "1.5s" or "2m30s"`
)

var (
	wholeDuration = regexp.MustCompile(durationPattern)
	durationPart  = regexp.MustCompile(`([0-9]+)(\.[0-9]+)?(ms|s|m|h|d)`)
	bareNumber    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

// units are those of durationPattern. A day has 24 hours.
func unit(name string) time.Duration {
	switch name {
	case "ms":
		return time.Millisecond
	case "s":
		return time.Second
	case "m":
		return time.Minute
	case "h":
		return time.Hour
	}
	return 24 * time.Hour
}

// parseDuration reads a duration that is not negative. problem is what is
// wrong, without the name of what it is for.
func parseDuration(s string) (d time.Duration, problem string) {
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		if _, p := parseDuration(rest); p == "" {
			return 0, "is negative"
		}
	}
	if !wholeDuration.MatchString(s) {
		if bareNumber.MatchString(s) {
			return 0, "has no unit"
		}
		return 0, "is no duration"
	}
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		u := unit(part[3])
		whole, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil || whole > math.MaxInt64/int64(u) {
			return 0, tooLong
		}
		fraction := 0.0
		if part[2] != "" {
			fraction, _ = strconv.ParseFloat("0"+part[2], 64) // digits: no error
		}
		for _, more := range []time.Duration{time.Duration(whole) * u, time.Duration(math.Round(fraction * float64(u)))} {
			if d += more; d < 0 { // of two that are not, only an overflow is
				return 0, tooLong
			}
		}
	}
	return d, ""
}

const tooLong = "is longer than 290 years"
