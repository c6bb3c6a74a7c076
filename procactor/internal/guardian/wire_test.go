//go:build unix

package guardian

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGuardOrders(t *testing.T) {
	t.Parallel()
	for _, o := range []guardOrder{
		{guardGroup, 2, group{}},
		{guardGroup, math.MaxInt32, group{start: math.MaxUint64, grace: longestGrace}},
		{guardOver, 4711, group{}},
	} {
		b := o.append(nil)
		require.Len(t, b, guardOrderSize)
		got, err := parseGuardOrder(b)
		require.NoError(t, err)
		assert.Equal(t, o, got)
	}
	good := guardOrder{guardGroup, 4711, group{start: 1, grace: time.Second}}.append(nil)
	over := guardOrder{kind: guardOver, pid: 4711}.append(nil)
	with := func(b []byte, at int, v ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], v)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":                nil,
		"short":                  good[:guardOrderSize-1],
		"long":                   append(bytes.Clone(good), 0),
		"no kind":                with(good, 0, 0),
		"another kind":           with(good, 0, 3),
		"padding":                with(good, 2, 1),
		"its own group":          with(good, 4, 0, 0, 0, 0),
		"everybody":              with(good, 4, 1, 0, 0, 0),
		"a negative number":      with(good, 4, 0xff, 0xff, 0xff, 0xff),
		"a grace without end":    with(good, 23, 1),
		"a negative grace":       with(good, 23, 0xff),
		"over, with a start":     with(over, 8, 1),
		"over, with a grace":     with(over, 16, 1),
		"over, everybody":        with(over, 4, 1, 0, 0, 0),
		"a line of another wire": []byte("guard 4711 with care now"),
	} {
		_, err := parseGuardOrder(b)
		assert.ErrorIs(t, err, errGuardOrder, name)
	}
}

func TestGuardVariable(t *testing.T) {
	t.Parallel()
	fd, err := parseGuard(guardWire + ",3")
	require.NoError(t, err)
	assert.Equal(t, uintptr(3), fd)
	for _, text := range []string{"", "3", "1", "1,", "1,-3", "1,3,4", "2,3", "1,x", "1,99999999999"} {
		_, err := parseGuard(text)
		assert.Error(t, err, text)
	}
}

func TestGuardTable(t *testing.T) {
	t.Parallel()
	a, b := group{start: 1, grace: time.Second}, group{start: 2}
	var orders []byte
	for _, o := range []guardOrder{
		{guardGroup, 10, a},
		{guardGroup, 11, b},
		{guardGroup, 12, b},
		{kind: guardOver, pid: 11},
		{kind: guardOver, pid: 99}, // told to another guardian than the one before
		{guardGroup, 12, a},        // the number is another group's now
	} {
		orders = o.append(orders)
	}
	want := map[int]group{10: a, 12: a}
	for _, r := range []io.Reader{
		bytes.NewReader(orders),
		iotest.OneByteReader(bytes.NewReader(orders)),
		bytes.NewReader(append(bytes.Clone(orders), 1, 0, 0)), // cut off
	} {
		groups, err := readGuardOrders(r)
		require.NoError(t, err)
		assert.Equal(t, want, groups)
	}
	_, err := readGuardOrders(bytes.NewReader(append(bytes.Clone(orders), make([]byte, guardOrderSize)...)))
	assert.ErrorIs(t, err, errGuardOrder)
	broken := errors.New("broken")
	_, err = readGuardOrders(iotest.ErrReader(broken))
	assert.ErrorIs(t, err, broken)
}

// Guarantee(orphans): The process group of a worker that has ended is not killed once its number belongs to another process.
func TestFinalOrders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		state osproc.LeaderState
		grace time.Duration
		kill  bool
		keep  bool
	}{
		{"runs, no time", osproc.LeaderRuns, 0, true, false},
		{"runs, time is over", osproc.LeaderRuns, time.Second, true, false},
		{"runs, has time", osproc.LeaderRuns, time.Second + 1, false, true},
		{"ended", osproc.LeaderEnded, 0, true, false},
		{"ended before its time", osproc.LeaderEnded, time.Hour, true, false},
		{"another's", osproc.LeaderReplaced, 0, false, false},
		{"another's, with time", osproc.LeaderReplaced, time.Hour, false, false},
	} {
		groups := map[int]group{7: {start: 70, grace: test.grace}}
		kill := finalOrders(groups, time.Second, func(pid int, start uint64) osproc.LeaderState {
			assert.Equal(t, 7, pid)
			assert.Equal(t, uint64(70), start)
			return test.state
		})
		_, killed := kill[7]
		assert.Equal(t, test.kill, killed, test.name)
		assert.Equal(t, test.keep, len(groups) == 1, test.name)
	}
}

func TestMayReplaceAGuardian(t *testing.T) {
	t.Parallel()
	var deaths []time.Time
	now := time.Now()
	var again bool
	for range 5 {
		now = now.Add(time.Second)
		deaths, again = mayReplace(deaths, now)
		assert.True(t, again)
	}
	_, again = mayReplace(slices.Clone(deaths), now.Add(time.Second))
	assert.False(t, again, "the sixth in a minute")
	deaths, again = mayReplace(deaths, now.Add(time.Hour))
	assert.True(t, again)
	assert.Len(t, deaths, 1, "what was long ago is forgotten")
}

func FuzzGuardOrder(f *testing.F) {
	f.Add(guardOrder{guardGroup, 4711, group{start: 1234, grace: time.Second}}.append(nil))
	f.Add(guardOrder{kind: guardOver, pid: 4711}.append(nil))
	f.Add([]byte("no order at all, but long"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := parseGuardOrder(b)
		if err == nil {
			assert.GreaterOrEqual(t, o.pid, 2)
			assert.GreaterOrEqual(t, o.grace, time.Duration(0))
			assert.Equal(t, b, o.append(nil), "there is one way to say it")
		}
		groups, err := readGuardOrders(bytes.NewReader(b))
		assert.LessOrEqual(t, len(groups), len(b)/guardOrderSize)
		for pid := range groups {
			assert.GreaterOrEqual(t, pid, 2)
		}
		if err != nil {
			assert.Empty(t, groups)
		}
	})
}
