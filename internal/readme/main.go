package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail if README.md or docs/otp.md is not up to date")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// errOld is what a check finds.
var errOld = errors.New("is not what the tests say; run: go run ./internal/readme")

// run brings README.md and docs/otp.md in the folder root up to date, or only
// checks that they are.
func run(root string, check bool) error {
	tree := os.DirFS(root)
	all, err := collect(tree)
	if err != nil {
		return err
	}
	name := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	current, err := replace(string(readme), render(all))
	if err != nil {
		return err
	}
	page, err := otpPage(tree)
	if err != nil {
		return err
	}
	return errors.Join(update(name, current, check), update(filepath.Join(root, "docs", "otp.md"), page, check))
}

// update writes text into the file unless it is there.
func update(name, text string, check bool) error {
	old, err := os.ReadFile(name)
	switch {
	case err == nil && string(old) == text:
		return nil
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	case check:
		return fmt.Errorf("%s: %w", filepath.Base(name), errOld)
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
