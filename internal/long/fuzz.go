package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Every target gets at least this, and all together at least an hour.
const (
	fuzzEach  = 5 * time.Minute
	fuzzAll   = time.Hour
	fuzzShort = 5 * time.Second
)

// fuzzTarget is a fuzz test of the module.
type fuzzTarget struct {
	pkg, dir, name string
}

// corpus is where the inputs are that are tried by every go test.
func (t fuzzTarget) corpus() string { return filepath.Join(t.dir, "testdata", "fuzz", t.name) }

func fuzz(ctx context.Context, o options) (outcome, error) {
	root, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return outcome{}, err
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return outcome{}, err
	}
	targets, err := fuzzTargets(ctx, root, only)
	if err != nil {
		return outcome{}, err
	}
	each := o.each
	switch {
	case each > 0:
	case o.short:
		each = fuzzShort
	default:
		each = max(fuzzEach, (fuzzAll / time.Duration(len(targets))).Round(time.Second))
	}
	out := outcome{
		parameters: fmt.Sprintf("%d targets, %v each, one process at a time; the fuzzer draws its own random numbers", len(targets), each),
		head:       []string{"package", "target", "executions", "new inputs that showed new code", "kept, of all that were collected", "failing inputs"},
	}
	for _, t := range targets {
		seen, err := fuzzOne(ctx, t, each)
		if err != nil {
			return out, err
		}
		kept := 0
		if !o.short {
			if kept, err = keepCorpus(ctx, t); err != nil {
				return out, err
			}
		}
		pkg := strings.TrimPrefix(t.pkg, "github.com/proctor-dev/proctor/")
		out.rows = append(out.rows, []string{pkg, t.name, fmt.Sprint(seen.executions), fmt.Sprint(seen.interesting), fmt.Sprint(kept), fmt.Sprint(len(seen.written))})
		o.say("%s %s: %d executions, %d new, %d kept", pkg, t.name, seen.executions, seen.interesting, kept)
		switch {
		case seen.executions > 0 || seen.failed:
		case o.short: // its corpus alone took all the time
			out.note("%s %s had no time for a new input.", pkg, t.name)
		default:
			out.find("%s %s had no time for a new input", pkg, t.name)
		}
		if seen.failed {
			out.find("%s %s failed:\n%s", pkg, t.name, strings.ReplaceAll(seen.log, root, "."))
			o.say("FAILED:\n%s", seen.log)
		}
	}
	return out, nil
}

// fuzzTargets finds the targets. Only packages whose tests look as if they had
// one are asked, since asking links a test binary.
func fuzzTargets(ctx context.Context, root string, only *regexp.Regexp) ([]fuzzTarget, error) {
	list, err := output(ctx, root, "go", "list", "-f", `{{.ImportPath}}	{{.Dir}}	{{join .TestGoFiles " "}} {{join .XTestGoFiles " "}}`, "./...")
	if err != nil {
		return nil, err
	}
	var targets []fuzzTarget
	for line := range strings.Lines(list) {
		part := strings.SplitN(strings.TrimSpace(line), "\t", 3)
		if len(part) < 3 || !mentionsFuzz(part[1], strings.Fields(part[2])) {
			continue
		}
		names, err := output(ctx, root, "go", "test", "-list", "^Fuzz", part[0])
		if err != nil {
			return nil, err
		}
		for name := range strings.Lines(names) {
			if name = strings.TrimSpace(name); strings.HasPrefix(name, "Fuzz") && only.MatchString(name) {
				targets = append(targets, fuzzTarget{pkg: part[0], dir: part[1], name: name})
			}
		}
	}
	if len(targets) == 0 {
		return nil, errors.New("no fuzz target found")
	}
	return targets, nil
}

func mentionsFuzz(dir string, files []string) bool {
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err == nil && strings.Contains(string(text), "\nfunc Fuzz") {
			return true
		}
	}
	return false
}

// fuzzOne fuzzes one target. That go test fails is seen; an error is that it
// could not be run.
func fuzzOne(ctx context.Context, t fuzzTarget, each time.Duration) (fuzzSeen, error) {
	limited, cancel := context.WithTimeout(ctx, each+10*time.Minute) // building, too
	defer cancel()
	cmd := exec.CommandContext(limited, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each.String(),
		"-fuzzminimizetime", "10x", "-parallel", "1", "-timeout", "0", t.pkg)
	cmd.Dir = t.dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go test takes its processes along
	cmd.WaitDelay = 10 * time.Second
	log, err := cmd.CombinedOutput()
	if limited.Err() != nil {
		return fuzzSeen{}, fmt.Errorf("%s: %w\n%s", t.name, context.Cause(limited), log)
	}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return fuzzSeen{}, err
	}
	return readFuzz(string(log), err != nil), nil
}

// fuzzSeen is what the text of go test -fuzz says.
type fuzzSeen struct {
	executions, interesting int
	written                 []string // failing inputs, as files
	failed                  bool
	log                     string
}

// readFuzz reads the text of go test -fuzz.
func readFuzz(log string, failed bool) fuzzSeen {
	seen := fuzzSeen{log: log}
	progress := regexp.MustCompile(`execs: (\d+) .*new interesting: (\d+)`)
	for _, m := range progress.FindAllStringSubmatch(log, -1) {
		_, _ = fmt.Sscan(m[1], &seen.executions) // the last line is right, and digits they are
		_, _ = fmt.Sscan(m[2], &seen.interesting)
	}
	for _, m := range regexp.MustCompile(`Failing input written to (\S+)`).FindAllStringSubmatch(log, -1) {
		seen.written = append(seen.written, m[1])
	}
	// Go 1.26 at times fails a target with "context deadline exceeded" when its
	// time is up (go.dev/issue/75804). That, without an input that was written
	// down, is no finding.
	upTime := regexp.MustCompile(`(?m)^ *context deadline exceeded$`).MatchString(log)
	seen.failed = failed && (!upTime || len(seen.written) > 0)
	return seen
}
