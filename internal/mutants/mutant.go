package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is one mistake: a text of a source, which must stand there exactly
// once, and what is put in its place.
type mutant struct {
	name     string
	file     string
	old, new string
}

// trial is a mistake, and who must notice it.
type trial struct {
	mutant
	by notice
}

// trials are all mistakes.
func trials() []trial {
	var all []trial
	for _, m := range mutants() {
		all = append(all, trial{m, otp})
	}
	return slices.Concat(all, bootMutants(), shellMutants())
}

// notice is a test that must notice a mistake.
type notice struct {
	dir   string // of the package with the mistake
	tests string // the package with the test
	test  string
}

// otp is the test that gives the traces of OTP.
var otp = notice{dir: "supervise", tests: "./supervise", test: "TestMachineGivesTheTracesOfOTP"}

// errText says that the source has changed under a mutant.
var errText = errors.New("its text must stand in the source exactly once")

// apply returns the source with the mistake.
func (m mutant) apply(source string) (string, error) {
	if n := strings.Count(source, m.old); n != 1 {
		return "", fmt.Errorf("mutant %q of %s: %w: it does %d times: %s", m.name, m.file, errText, n, m.old)
	}
	return strings.Replace(source, m.old, m.new, 1), nil
}

// overlay writes the source with the mistake, and the file for go's -overlay,
// into dir, and returns the latter's name.
func (t trial) overlay(dir string) (string, error) {
	original, err := filepath.Abs(filepath.Join(t.by.dir, t.file))
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	wrong, err := t.apply(string(source))
	if err != nil {
		return "", err
	}
	patched := filepath.Join(dir, t.file)
	if err := os.WriteFile(patched, []byte(wrong), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {original: patched}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, list, 0o600)
}
