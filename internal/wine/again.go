package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// failedTests are the tests of a package that failed, without those that are
// parts of others.
func (all results) failedTests(pkg string) (names []string) {
	for i, r := range all {
		if i.pkg == pkg && i.test != "" && !strings.Contains(i.test, "/") && r.action == "fail" {
			names = append(names, i.test)
		}
	}
	slices.Sort(names)
	return names
}

// mayFail reports whether there are names, and of each it is known why it may
// fail once.
func (k known) mayFail(pkg string, names []string) bool {
	for _, n := range names {
		if k.again[id{pkg, n}] == "" {
			return false
		}
	}
	return len(names) > 0
}

// said is what a test and its parts that failed have printed.
func (all results) said(pkg, test string) string {
	var b strings.Builder
	for _, i := range all.ids() {
		top, _, _ := strings.Cut(i.test, "/")
		if r := all[i]; i.pkg == pkg && top == test && r.action == "fail" {
			b.WriteString(strings.Join(r.output, ""))
		}
	}
	return b.String()
}

// packages are those of the run.
func (all results) packages() []string {
	var names []string
	for i := range all {
		if i.test == "" {
			names = append(names, i.pkg)
		}
	}
	slices.Sort(names)
	return names
}

// pattern matches the names and nothing else, for go test -run.
func pattern(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	return "^(" + strings.Join(quoted, "|") + ")$"
}

// replaced are the results with those of tests that were run once more, by
// themselves, in the place of the first ones. A package whose tests all passed
// by then has passed; one that failed for another reason has not.
func (all results) replaced(pkg string, again results) results {
	names := all.failedTests(pkg)
	merged := maps.Clone(all)
	for i := range merged {
		top, _, _ := strings.Cut(i.test, "/")
		if i.pkg == pkg && slices.Contains(names, top) {
			delete(merged, i)
		}
	}
	for i, r := range again {
		if i.pkg == pkg && i.test != "" {
			merged[i] = r
		}
	}
	for _, n := range names {
		if r, ran := merged[id{pkg, n}]; !ran || r.action == "fail" || r.action == "" {
			return merged
		}
	}
	whole := id{pkg: pkg}
	if r, ran := again[whole]; ran {
		merged[whole] = r
	}
	return merged
}
