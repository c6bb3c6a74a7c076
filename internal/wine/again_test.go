package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTestsThatPassedTheSecondTime(t *testing.T) {
	t.Parallel()
	first := results{
		{"p", ""}:        {action: "fail"},
		{"p", "TestA"}:   {action: "fail"},
		{"p", "TestA/x"}: {action: "fail"},
		{"p", "TestA/y"}: {action: "pass"},
		{"p", "TestB"}:   {action: "pass"},
		{"q", ""}:        {action: "pass"},
	}
	assert.Equal(t, []string{"p", "q"}, first.packages())
	assert.Equal(t, []string{"TestA"}, first.failedTests("p"))
	assert.Empty(t, first.failedTests("q"))

	good := first.replaced("p", results{{"p", ""}: {action: "pass"}, {"p", "TestA"}: {action: "pass"}, {"p", "TestA/x"}: {action: "pass"}})
	assert.Equal(t, "pass", good[id{"p", ""}].action)
	assert.Equal(t, "pass", good[id{"p", "TestA"}].action)
	assert.Equal(t, "pass", good[id{"p", "TestB"}].action)
	assert.NotContains(t, good, id{"p", "TestA/y"}, "it did not run")
	assert.Equal(t, "fail", first[id{"p", "TestA"}].action, "the first results are left as they were")

	for name, again := range map[string]results{
		"it failed again":  {{"p", ""}: {action: "fail"}, {"p", "TestA"}: {action: "fail"}},
		"it did not run":   {{"p", ""}: {action: "pass"}},
		"it never ended":   {{"p", ""}: {action: "pass"}, {"p", "TestA"}: {}},
		"nothing was said": {},
	} {
		assert.Equal(t, "fail", first.replaced("p", again)[id{"p", ""}].action, name)
	}
}

func TestPatternMatchesNamesOnly(t *testing.T) {
	t.Parallel()
	re := regexp.MustCompile(pattern([]string{"TestA", "TestB"}))
	assert.True(t, re.MatchString("TestA"))
	assert.False(t, re.MatchString("TestAB"))
	assert.False(t, re.MatchString("XTestB"))
}

// No retry hides a failure: only what is known to fail at times is run again, and
// what it said is there to be read.
func TestOnlyWhatMayFailIsRunAgain(t *testing.T) {
	t.Parallel()
	k, err := parseKnown("m", "again p TestA: Wine is late\n")
	require.NoError(t, err)
	assert.True(t, k.mayFail("m/p", []string{"TestA"}))
	assert.False(t, k.mayFail("m/p", []string{"TestA", "TestB"}))
	assert.False(t, k.mayFail("m/q", []string{"TestA"}))
	assert.False(t, k.mayFail("m/p", nil))

	all := results{
		{"m/p", "TestA"}:   {action: "fail", output: []string{"A failed\n"}},
		{"m/p", "TestA/x"}: {action: "fail", output: []string{"x failed\n"}},
		{"m/p", "TestA/y"}: {action: "pass", output: []string{"y passed\n"}},
		{"m/p", "TestB"}:   {action: "fail", output: []string{"B failed\n"}},
	}
	assert.Equal(t, "A failed\nx failed\n", all.said("m/p", "TestA"))
}
