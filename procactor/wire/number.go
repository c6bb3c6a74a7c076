package wire

import "time"

// number reads decimal text: one to twenty digits, nothing else. strconv
// wants a string, and a conversion is an allocation on the road of each call.
func number(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	for _, d := range b {
		if d < '0' || d > '9' {
			return 0, false
		}
		next := n*10 + uint64(d-'0')
		if n > (1<<64-1)/10 || next < n*10 {
			return 0, false
		}
		n = next
	}
	return n, true
}

// micros returns d in whole microseconds, rounded up so that a little is not
// nothing; a negative duration is nothing.
func micros(d time.Duration) uint64 {
	if d <= 0 {
		return 0
	}
	n := uint64(d / time.Microsecond)
	if d%time.Microsecond != 0 {
		n++
	}
	return n
}

// maxMicros is the longest duration that a number of microseconds can say.
const maxMicros = uint64((1<<63 - 1) / time.Microsecond)

// duration is the way back; what does not fit is the longest duration.
func duration(n uint64) time.Duration {
	return time.Duration(min(n, maxMicros)) * time.Microsecond
}
