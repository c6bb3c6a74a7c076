package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stream as go test -json prints it, with what the go command says between.
const stream = `{"Action":"start","Package":"m/p"}
{"ImportPath":"m/q","Action":"build-output","Output":"q.go:1: no\n"}
{"Action":"run","Package":"m/p","Test":"TestA"}
{"Action":"output","Package":"m/p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"m/p","Test":"TestA","Output":"--- PASS: TestA (0.00s)\n"}
{"Action":"pass","Package":"m/p","Test":"TestA","Elapsed":0}
{"Action":"run","Package":"m/p","Test":"TestB"}
{"Action":"output","Package":"m/p","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"m/p","Test":"TestB","Output":"    b_test.go:12: limits: set to 1, told as 0\n"}
{"Action":"output","Package":"m/p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"m/p","Test":"TestB","Elapsed":0}
{"Action":"run","Package":"m/p","Test":"TestC"}
{"Action":"fail","Package":"m/p","Elapsed":0.2}
`

func TestCollect(t *testing.T) {
	t.Parallel()
	var other bytes.Buffer
	all, err := collect(strings.NewReader(stream), &other)
	require.NoError(t, err)
	assert.Equal(t, "q.go:1: no\n", other.String())
	assert.Equal(t, []id{{"m/p", ""}, {"m/p", "TestA"}, {"m/p", "TestB"}, {"m/p", "TestC"}}, all.ids())
	assert.Equal(t, "pass", all[id{"m/p", "TestA"}].action)
	assert.Empty(t, all[id{"m/p", "TestA"}].why())
	assert.Equal(t, "skip", all[id{"m/p", "TestB"}].action)
	assert.Equal(t, "limits: set to 1, told as 0", all[id{"m/p", "TestB"}].why())
	assert.Empty(t, all[id{"m/p", "TestC"}].action, "it never ended")
	assert.Equal(t, "fail", all[id{"m/p", ""}].action)
}

func TestCollectOfNoEvents(t *testing.T) {
	t.Parallel()
	_, err := collect(strings.NewReader("wine: cannot\n"), &bytes.Buffer{})
	assert.ErrorContains(t, err, "events")
}
