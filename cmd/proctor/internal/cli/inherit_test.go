package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPassedByManager(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, pid, count string
		want             []int
	}{
		{"two", "7", "2", []int{3, 4}},
		{"to another process", "8", "2", nil},
		{"to nobody", "", "2", nil},
		{"none", "7", "0", nil},
		{"not a number", "7", "-1", nil},
	} {
		lookup := func(name string) (string, bool) {
			return map[string]string{"LISTEN_PID": test.pid, "LISTEN_FDS": test.count}[name], true
		}
		assert.Equal(t, test.want, passedByManager(lookup, 7), test.name)
	}
}

func TestToKeep(t *testing.T) {
	t.Parallel()
	keep, err := toKeep([]int{3, 4, 9, 10}, []int{9}, []int{3, 5})
	require.NoError(t, err)
	assert.Equal(t, []int{4, 10}, keep)
	_, err = toKeep([]int{3}, []int{4}, nil)
	assert.ErrorContains(t, err, "--pass-fd 4: this process was given no such descriptor")
	for _, own := range []int{-1, 0, 2} {
		_, err = toKeep([]int{3}, []int{own}, nil)
		assert.ErrorContains(t, err, "name one from 3 on")
	}
}
