package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table fits the sources: running the mutants takes long, and has a step of
// its own in CI.
func TestTableFitsTheSources(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, m := range trials() {
		assert.False(t, names[m.name], "%s is there twice", m.name)
		names[m.name] = true
		source, err := os.ReadFile(filepath.Join("..", "..", m.by.dir, m.file))
		require.NoError(t, err)
		wrong, err := m.apply(string(source))
		require.NoError(t, err)
		assert.NotEqual(t, string(source), wrong)
	}
	assert.GreaterOrEqual(t, len(names), 30)
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		out     string
		failed  bool
		noticed bool
		why     string
	}{
		"noticed":         {"--- FAIL: " + otp.test + "\n    --- FAIL: " + otp.test + "/101-a (0.00s)\n another trace", true, true, "1 scenarios, such as 101-a"},
		"survived":        {"ok", false, false, "all traces are as they were"},
		"does not build":  {"FAIL x [build failed]", true, false, "it does not compile"},
		"panics":          {"    --- FAIL: " + otp.test + "/101-a\npanic: x", true, false, "it panicked"},
		"fails otherwise": {"--- FAIL: " + otp.test, true, false, "it failed, but not by a trace"},
	} {
		noticed, why := judge(tt.out, tt.failed)
		assert.Equal(t, tt.noticed, noticed, name)
		assert.Equal(t, tt.why, why, name)
	}
}

func TestJudgeTest(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		out     string
		failed  bool
		noticed bool
		why     string
	}{
		"noticed":         {"--- FAIL: TestA (0.00s)\n", true, true, "TestA"},
		"by a part of it": {"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/x (0.00s)\n", true, true, "TestA"},
		"hangs":           {"panic: test timed out after 1m0s\n\trunning tests:\n\t\tTestA (1m0s)\n", true, true, "TestA, which hung"},
		"survived":        {"ok", false, false, "TestA passed"},
		"does not build":  {"FAIL x [build failed]", true, false, "it does not compile"},
		"another fails":   {"--- FAIL: TestAB (0.00s)\n", true, false, "it failed, but not by TestA"},
	} {
		noticed, why := judgeTest("TestA", tt.out, tt.failed)
		assert.Equal(t, tt.noticed, noticed, name)
		assert.Equal(t, tt.why, why, name)
	}
}

func TestWanted(t *testing.T) {
	t.Parallel()
	assert.True(t, wanted("a b", nil))
	assert.True(t, wanted("a b", []string{"x", "b"}))
	assert.False(t, wanted("a b", []string{"x"}))
}
