package main

import (
	"flag"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	got, err := parseOptions(nil, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, options{workers: runtime.GOMAXPROCS(0)}, got)

	got, err = parseOptions([]string{"-json", "-src", "x y", "-workers", "7"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, options{json: true, src: "x y", workers: 7}, got)

	_, err = parseOptions([]string{"-h"}, io.Discard)
	require.ErrorIs(t, err, flag.ErrHelp)
}

func TestBadOptionsAreTold(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-workers", "0"}, {"-workers", "many"}, {"here"}, {"-none"}} {
		var told strings.Builder
		_, err := parseOptions(args, &told)
		require.Error(t, err, "%q", args)
		assert.NotEmpty(t, told.String(), "%q", args)
	}
}
