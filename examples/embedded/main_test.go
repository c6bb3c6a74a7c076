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
	procactor.Main(price)
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out, "tree.yaml"))
	rest := out.String()
	for _, want := range []string{ // in this order
		"stock: +40: 40, <nil>\n",
		"stock: -50: 0, ", "less than nothing in stock",
		"shop/stock exited, restart: ", "shop/stock restart 1 of 5 within 10s", "shop/stock started",
		"stock: +2: 2, <nil>\n", // the next life counts from 0
		"prices: ", "exited with status 3", "no such article",
		"shop/prices exited, restart: ", "shop/prices restart 2 of 5 within 10s", "shop/prices started",
		"prices: article 7 is 107, <nil>\n",
		"shop/feeds/north exited, restart: north hung up", "shop/feeds/north restart 1 of 2 within 1m0s",
		"shop/feeds/north restart 2 of 2 within 1m0s", "shop/feeds/north circuit_opened: ", "north does not answer",
		"shop/feeds/north circuit_closed", "shop/feeds/north started",
		"shop/audit exited, stop by rule 1: the books do not add up",
		"reload: nothing is changed: tree.yaml:", "stratagy", "strategy",
		"shop/feeds/west started",
		"stock: running, restarted 1 times\nprices: running, restarted 1 times\naudit: stopped, restarted 0 times\nfeeds: running, restarted 0 times\n",
	} {
		_, after, found := strings.Cut(rest, want)
		require.True(t, found, "%q is not next in:\n%s", want, rest)
		rest = after
	}
	assert.Empty(t, rest)
}

// A file that does not fit the program is refused with the place.
func TestFileThatDoesNotFit(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("tree.yaml")
	require.NoError(t, err)
	name := t.TempDir() + "/tree.yaml"
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(text), "id: south", "id: east", 1)), 0o600))
	err = run(t.Context(), &strings.Builder{}, name)
	assert.ErrorContains(t, err, "feeds/east")
	assert.ErrorContains(t, err, "feeds/south")
	assert.ErrorContains(t, err, name+":")
}
