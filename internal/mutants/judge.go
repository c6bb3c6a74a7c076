package main

import (
	"fmt"
	"regexp"
	"strings"
)

// judge says whether the output of a test run is that of a mistake that was
// noticed as it should be: it compiled, nothing panicked, and scenarios gave
// another trace.
func judge(out string, failed bool) (noticed bool, why string) {
	switch {
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return false, "it does not compile"
	case !failed:
		return false, "all traces are as they were"
	case strings.Contains(out, "panic:"):
		return false, "it panicked"
	}
	differs := regexp.MustCompile(`(?m)^\s+--- FAIL: `+otp.test+`/(\S+)`).FindAllStringSubmatch(out, -1)
	if len(differs) == 0 || !strings.Contains(out, "another trace") {
		return false, "it failed, but not by a trace"
	}
	return true, fmt.Sprintf("%d scenarios, such as %s", len(differs), differs[0][1])
}

// judgeTest is judge for a mistake that a test of its own must notice: it
// compiled, and that test failed, or hung where nothing else did.
func judgeTest(test, out string, failed bool) (noticed bool, why string) {
	switch {
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return false, "it does not compile"
	case !failed:
		return false, test + " passed"
	case regexp.MustCompile(`(?m)^--- FAIL: ` + test + ` `).MatchString(out):
		return true, test
	case strings.Contains(out, "panic: test timed out") && strings.Contains(out, "\t"+test):
		return true, test + ", which hung"
	}
	return false, "it failed, but not by " + test
}
