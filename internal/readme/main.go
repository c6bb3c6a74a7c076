package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail if README.md is not up to date")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// errOld is what a check finds.
var errOld = errors.New("the guarantees in README.md are not those of the tests; run: go run ./internal/readme")

// run brings README.md in the folder root up to date, or only checks that it
// is.
func run(root string, check bool) error {
	all, err := collect(os.DirFS(root))
	if err != nil {
		return err
	}
	name := root + "/README.md"
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	current, err := replace(string(old), render(all))
	if err != nil {
		return err
	}
	switch {
	case current == string(old):
		return nil
	case check:
		return errOld
	}
	return os.WriteFile(name, []byte(current), 0o644)
}
