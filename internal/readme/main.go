package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail if docs/guarantees.md or docs/otp.md is not up to date")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// errOld is what a check finds.
var errOld = errors.New("is not what the tests say; run: go run ./internal/readme")

// run brings docs/guarantees.md and docs/otp.md in the folder root up to date,
// or only checks that they are.
func run(root string, check bool) error {
	tree := os.DirFS(root)
	all, err := collect(tree)
	if err != nil {
		return err
	}
	otp, err := otpPage(tree)
	if err != nil {
		return err
	}
	docs := filepath.Join(root, "docs")
	return errors.Join(
		update(filepath.Join(docs, "guarantees.md"), guaranteesPage(all), check),
		update(filepath.Join(docs, "otp.md"), otp, check),
	)
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
