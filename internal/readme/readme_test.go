package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/guarantees.md and docs/otp.md are what the tests say, with the lines
// where they say it.
func TestPagesAreUpToDate(t *testing.T) {
	t.Parallel()
	require.NoError(t, run(filepath.Join("..", ".."), true))
}

// A group has the test that it tells first.
func TestFirstOfTheirGroups(t *testing.T) {
	t.Parallel()
	all, err := collect(os.DirFS(filepath.Join("..", "..")))
	require.NoError(t, err)
	for _, group := range groups() {
		of := func(g guarantee) bool { return g.group == group.word && (group.first == "" || g.test == group.first) }
		assert.True(t, slices.ContainsFunc(all, of), "%s: %s", group.word, group.first)
	}
	page := guaranteesPage([]guarantee{{"crash", "Less.", "a_test.go", 1, "TestA"}, {"crash", "More.", "b_test.go", 2, groups()[0].first}})
	assert.Contains(t, page, "\n- More. ([TestWorkerDeaths](../b_test.go#L2))\n- Less.")
}

func TestCollect(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"mailbox/a_test.go": file(`package a

// TestOrder has more to say.
//
// Guarantee(calls): Order is kept.
func TestOrder(t *testing.T) {}

// Guarantee(crash): Nothing is lost.
// It would be bad.
func FuzzLoss(f *testing.F) {}
`),
		"procactor/b_test.go":             file("package b\n\n// Guarantee(crash): It starts.\nfunc TestStart(t *testing.T) {}\n"),
		"procactor/b.go":                  file("package b\n\n// Guarantee(crash): not in a test.\nfunc TestStart() {}\n"),
		"procactor/testdata/x/c_test.go":  file("package c\n\n// Guarantee(crash): Never seen.\nfunc TestC(t *testing.T) {}\n"),
		"benchmarks/go.mod":               file("module benchmarks\n"),
		"benchmarks/d_test.go":            file("package d\n\n// Guarantee(crash): Never seen.\nfunc TestD(t *testing.T) {}\n"),
		".hidden/e_test.go":               file("package e\n\n// Guarantee(crash): Never seen.\nfunc TestE(t *testing.T) {}\n"),
		"elsewhere/of/no/rank/f_test.go":  file("package f\n\n// Guarantee(windows): Last.\nfunc TestF(t *testing.T) {}\n"),
		"supervise/nothing/here_test.go":  file("package h\n\n// No such line.\nfunc TestH(t *testing.T) {}\n"),
		"supervise/nothing/TESTS_test.md": file("// Guarantee(crash): Not Go.\n"),
	}
	all, err := collect(tree)
	require.NoError(t, err)
	assert.Equal(t, []guarantee{
		{"crash", "It starts.", "procactor/b_test.go", 4, "TestStart"},
		{"calls", "Order is kept.", "mailbox/a_test.go", 6, "TestOrder"},
		{"crash", "Nothing is lost.", "mailbox/a_test.go", 10, "FuzzLoss"},
		{"windows", "Last.", "elsewhere/of/no/rank/f_test.go", 4, "TestF"},
	}, all)
	assert.Equal(t, guaranteesHead+`- [A worker or an actor crashes](#a-worker-or-an-actor-crashes): 2
- [Calls get lost, or are done twice](#calls-get-lost-or-are-done-twice): 1

## A worker or an actor crashes

- It starts. ([TestStart](../procactor/b_test.go#L4))
- Nothing is lost. ([FuzzLoss](../mailbox/a_test.go#L10))

## Calls get lost, or are done twice

- Order is kept. ([TestOrder](../mailbox/a_test.go#L6))
`, guaranteesPage(all[:3]))
}

func TestCollectRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"away from a test": {"package a\n\n// Guarantee(crash): Lost.\n\nfunc TestA(t *testing.T) {}\n", "a_test.go:3:1: a guarantee that is not right above a test"},
		"above a helper":   {"package a\n\n// Guarantee(crash): Lost.\nfunc help() {}\n", "not right above a test"},
		"above a method":   {"package a\n\n// Guarantee(crash): Lost.\nfunc (s) TestA(t *testing.T) {}\n", "not right above a test"},
		"inside a test":    {"package a\n\nfunc TestA(t *testing.T) {\n\t// Guarantee(crash): Lost.\n}\n", "not right above a test"},
		"two lines":        {"package a\n\n// Guarantee(crash): This goes\n// on.\nfunc TestA(t *testing.T) {}\n", "a sentence that ends with a period"},
		"no Go":            {"package", "a_test.go:1"},
		"no group":         {"package a\n\n// Guarantee: Lost.\nfunc TestA(t *testing.T) {}\n", "a_test.go:3:1: a guarantee says its group, as in // Guarantee(crash): the groups are crash, hang,"},
		"unknown group":    {"package a\n\n// Guarantee(crush): Lost.\nfunc TestA(t *testing.T) {}\n", `a_test.go:3:1: there is no group "crush" of guarantees; the groups are crash, hang,`},
		"no colon":         {"package a\n\n// Guarantee(crash) Lost.\nfunc TestA(t *testing.T) {}\n", "one line, // Guarantee(group): and a sentence"},
		"twice": {
			"package a\n\n// Guarantee(crash): Same.\nfunc TestA(t *testing.T) {}\n\n// Guarantee(crash): Same.\nfunc TestB(t *testing.T) {}\n",
			"a_test.go:7: the same guarantee as a_test.go:4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := collect(fstest.MapFS{"a_test.go": file(test.source)})
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func file(source string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(source)} }

func TestRunWritesAndChecks(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "docs"), 0o755))
	source := "package a\n\n// Guarantee(crash): It holds.\nfunc TestA(t *testing.T) {}\n\n"
	for n := 1; n <= clauses; n++ {
		source += fmt.Sprintf("// OTP %d: It does.\n", n)
	}
	write("a_test.go", source+"func TestB(t *testing.T) {}\n")

	require.ErrorIs(t, run(root, true), errOld)
	require.NoError(t, run(root, false))
	got, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	require.NoError(t, err)
	assert.Contains(t, string(got), "\n## A worker or an actor crashes\n\n- It holds. ([TestA](../a_test.go#L4))\n")
	require.FileExists(t, filepath.Join(root, "docs", "otp.md"))
	require.NoError(t, run(root, true))
	for _, page := range []string{"docs/otp.md", "docs/guarantees.md"} {
		require.NoError(t, run(root, false))
		write(page, "old")
		require.ErrorIs(t, run(root, true), errOld)
	}
}

func TestCollectOTP(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{}
	for n := 1; n <= clauses; n++ {
		tree[fmt.Sprintf("a%02d_test.go", n)] = file(fmt.Sprintf("package a\n\n// OTP %d: It | holds.\nfunc TestA%d(t *testing.T) {}\n", n, n))
	}
	tree["b_test.go"] = file("package b\n\n// OTP 2.\nfunc TestMore(t *testing.T) {}\n\n// Beyond OTP: More.\nfunc TestBeyond(t *testing.T) {}\n\n// Unlike OTP: Less.\nfunc TestUnlike(t *testing.T) {}\n")
	page, err := otpPage(tree)
	require.NoError(t, err)
	assert.Contains(t, page, "| 2 | It \\| holds. | [TestA2](../a02_test.go#L4), [TestMore](../b_test.go#L4) |\n| 3 |")
	assert.Contains(t, page, "| More. | [TestBeyond](../b_test.go#L7) |\n")
	assert.Contains(t, page, "## Where we differ\n\n| what is otherwise | tests |\n|---|---|\n| Less. | [TestUnlike](../b_test.go#L10) |\n")
}

func TestCollectOTPRefuses(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"// OTP 52: No.\nfunc TestA(t *testing.T) {}\n":                                            "a_test.go:3:1: a clause of OTP has a number from 1 to 51",
		"// OTP x: No.\nfunc TestA(t *testing.T) {}\n":                                             "has a number",
		"// OTP 1: No\nfunc TestA(t *testing.T) {}\n":                                              "ends with a period",
		"// OTP 1: No.\n\nfunc TestA(t *testing.T) {}\n":                                           "not right above a test",
		"// OTP 1: A.\nfunc TestA(t *testing.T) {}\n\n// OTP 1: B.\nfunc TestB(t *testing.T) {}\n": "a_test.go:6:1: clause 1 has its sentence elsewhere",
		"// OTP 1.\nfunc TestA(t *testing.T) {}\n":                                                 "no test says that it holds clause 1 of OTP",
	} {
		_, err := collectOTP(fstest.MapFS{"a_test.go": file("package a\n\n" + source)})
		assert.ErrorContains(t, err, want)
	}
}
