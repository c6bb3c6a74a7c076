package wire_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor/wire"
)

const (
	sizeKey  = "\x0a\x00\x00\x00size_bytes"
	limitKey = "\x0b\x00\x00\x00limit_bytes"
)

// These bytes are what every version reads.
func TestTheBytesOfAnErrorOfWhatWasTooLong(t *testing.T) {
	want := "\x04" + str("m") + none + "\x02\x00\x00\x00" + sizeKey + str("307200") + limitKey + str("262144")
	f := wire.Failure{Class: wire.ClassOutput, Message: "m", TooLong: &wire.LimitError{What: wire.BoundBody, Limit: 256 << 10, Size: 300 << 10}}
	assert.Equal(t, want, string(wire.AppendError(nil, f)))
	got, err := wire.ParseError([]byte(want))
	require.NoError(t, err)
	assert.Equal(t, f, got)
	checkCuts(t, wire.ParseError, []byte(want))
}

func TestWhatMakesNoSenseOfALimitIsIgnored(t *testing.T) {
	const two = "\x02\x00\x00\x00"
	for name, entries := range map[string]string{
		"no limit":             one + sizeKey + str("307200"),
		"no size":              one + limitKey + str("262144"),
		"size at the limit":    two + sizeKey + str("262144") + limitKey + str("262144"),
		"size below the limit": two + sizeKey + str("1") + limitKey + str("262144"),
		"limit of nothing":     two + sizeKey + str("307200") + limitKey + str("0"),
		"limit too small":      two + sizeKey + str("307200") + limitKey + str("131071"),
		"limit too large":      two + sizeKey + str("1073741826") + limitKey + str("1073741825"),
		"no number":            two + sizeKey + str("-1") + limitKey + str("262144"),
		"size of 65 bits":      two + sizeKey + str("18446744073709551616") + limitKey + str("262144"),
		"empty":                two + sizeKey + none + limitKey + none,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := wire.ParseError([]byte("\x04" + str("m") + none + entries))
			require.NoError(t, err, "the error itself is sound")
			assert.Equal(t, wire.Failure{Class: wire.ClassOutput, Message: "m"}, f)
		})
	}
	k := wire.KindError
	checkBad(t, wire.ParseError, []badCase{
		{"size twice", "\x04" + none + none + two + sizeKey + str("1") + sizeKey + str("1"), format(k, "measures", 32, wire.ProblemDuplicate)},
		{"endless size", "\x04" + none + none + one + sizeKey + great, format(k, "measures", 27, wire.ProblemShort)},
	})
}

func TestOnlyWhatWasTooLongIsSent(t *testing.T) {
	plain := wire.AppendError(nil, wire.Failure{Class: wire.ClassOutput})
	for name, e := range map[string]wire.LimitError{
		"another bound":   {What: wire.BoundFrame, Limit: wire.MinBody, Size: wire.MinBody + 1},
		"within":          {What: wire.BoundBody, Limit: wire.MinBody, Size: wire.MinBody},
		"limit too small": {What: wire.BoundBody, Limit: wire.MinBody - 1, Size: wire.MinBody},
		"limit too large": {What: wire.BoundBody, Limit: wire.HardLimit + 1, Size: math.MaxUint64},
	} {
		assert.Equal(t, plain, wire.AppendError(nil, wire.Failure{Class: wire.ClassOutput, TooLong: &e}), name)
	}
}
