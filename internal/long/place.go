package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// place is where and of what a run is.
type place struct {
	root    string // of the repository
	date    time.Time
	commit  string
	machine string
}

// here asks git for the commit. What a run writes itself does not make it dirty.
func here(ctx context.Context) (place, error) {
	root, err := output(ctx, "", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return place{}, err
	}
	commit, err := output(ctx, root, "git", "rev-parse", "--short=12", "HEAD")
	if err != nil {
		return place{}, err
	}
	changes, err := output(ctx, root, "git", "status", "--porcelain", "--", ".", ":!"+document, ":!*/testdata/fuzz/*")
	if err != nil {
		return place{}, err
	}
	if changes != "" {
		commit += "+dirty"
	}
	return place{
		root: root, date: time.Now().UTC(), commit: commit,
		machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()),
	}, nil
}

// output runs a program and returns what it printed, without the last newline.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimRight(string(out), "\n"), nil
}
