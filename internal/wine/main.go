package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	file := flag.String("known", "internal/wine/known.txt", "read what is known from `FILE`")
	flag.Parse()
	found, err := check(*file, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "wine:", err)
		os.Exit(1)
	}
	if len(found) > 0 {
		fmt.Fprintf(os.Stderr, "%d findings:\n", len(found))
		for _, f := range found {
			fmt.Fprintln(os.Stderr, "  "+f)
		}
		os.Exit(1)
	}
}

// check runs all there is to run, and returns the findings.
func check(file string, packages []string) ([]string, error) {
	k, err := readKnown(file)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "wine-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // it is a scratch directory
	program := filepath.Join(scratch, "probe.exe")
	if err := command("windows", "go", "build", "-o", program, "./internal/wine/probe").Run(); err != nil {
		return nil, fmt.Errorf("build the probe: %w", err)
	}
	release, err := hold(program)
	if err != nil {
		return nil, err
	}
	defer release()
	var r run
	if r.probe, err = probe(program); err != nil {
		return nil, err
	}
	if r.linux, err = names("linux", packages); err != nil {
		return nil, err
	}
	if r.windows, err = names("windows", packages); err != nil {
		return nil, err
	}
	if r.results, err = goTest(packages...); err != nil {
		return nil, err
	}
	report(os.Stdout, r)
	return findings(r, k), nil
}

// readKnown reads what is known.
func readKnown(file string) (known, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return known{}, err
	}
	out, err := command("linux", "go", "list", "-m").Output()
	if err != nil {
		return known{}, fmt.Errorf("go list -m: %w", err)
	}
	k, err := parseKnown(strings.TrimSpace(string(out)), string(text))
	if err != nil {
		return known{}, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

// command is a command for a build for a system, without cgo.
func command(goos string, args ...string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// hold keeps one program running in this Wine. The first one that runs is the
// parent of Wine's own services, which go on after it and hold its output open:
// a test must not be that one, or go test would wait for them.
func hold(program string) (release func(), err error) {
	cmd := command("windows", "wine", program, "hold")
	cmd.Stderr = nil // nor may it be what somebody else reads to its end
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("run Wine: %w", err)
	}
	release = func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		release()
		return nil, fmt.Errorf("run Wine: %w", err)
	}
	return release, nil
}

// probe asks this Wine what it lacks.
func probe(program string) ([]string, error) {
	out, err := command("windows", "wine", program).Output()
	if err != nil {
		return nil, fmt.Errorf("run the probe: %w", err)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines, nil
}

// goTest runs tests under Wine.
func goTest(args ...string) (results, error) {
	run, err := filepath.Abs("tools/wine/exec")
	if err != nil {
		return nil, err
	}
	cmd := command("windows", append([]string{"go", "test", "-json", "-short", "-vet=off", "-count=1", "-timeout=15m", "-exec=" + run}, args...)...)
	stream, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	all, err := collect(stream, os.Stderr)
	if err != nil {
		_, _ = io.Copy(io.Discard, stream)
	}
	_ = cmd.Wait() // a test that failed is no error of the command's
	return all, err
}

// report prints what the probe said, what each package came to, and the output
// of what failed.
func report(w io.Writer, r run) {
	for _, line := range r.probe {
		fmt.Fprintln(w, "probe:", line)
	}
	for _, i := range r.results.ids() {
		result := r.results[i]
		if result.action == "skip" && i.test != "" {
			fmt.Fprintf(w, "skip: %v: %s\n", i, result.why())
		}
		if result.action != "pass" && result.action != "skip" {
			fmt.Fprint(w, strings.Join(result.output, ""))
		}
	}
	for _, i := range r.results.ids() {
		if result := r.results[i]; i.test == "" && result.action == "pass" && len(result.output) > 0 {
			fmt.Fprint(w, result.output[len(result.output)-1]) // "ok PACKAGE TIME"
		}
	}
}
