package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
)

func TestMain(m *testing.M) {
	procactor.Main(parse, square)
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	rest := out.String()
	for _, want := range []string{ // in this order
		"poller: life 1 begins, and fails; life 2 is here already\n",
		"shop/counter: 40: 40\n",
		"shop/counter: -1: its caller is told ", "cannot count backwards",
		"shop/counter: shop/counter@", " is down: ", "cannot count backwards",
		"shop/counter: 2: 2\n", // the next life counts from 0
		"shop/back/parser: 17: 17\n",
		"shop/back/parser: seventeen: its caller is told ", "exited with status 2", "invalid syntax",
		"shop/back/parser: shop/back/parser@", " is down: worker process ", "invalid syntax",
		"shop/back/parser: 18: 18\n",
		"squares: 1 <nil>\nsquares: 4 <nil>\nsquares: 9 <nil>\nsquares: 16 <nil>\n",
		"counter: running, worker, shop/counter@",
		"back: running, supervisor, shop/back@",
	} {
		_, after, found := strings.Cut(rest, want)
		require.True(t, found, "%q is not next in:\n%s", want, rest)
		rest = after
	}
	assert.NotContains(t, rest, "<nil>")
}
