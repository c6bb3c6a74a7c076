package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is one mistake: a text of a source of package supervise, which must
// stand there exactly once, and what is put in its place.
type mutant struct {
	name     string
	file     string
	old, new string
}

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
func (m mutant) overlay(packageDir, dir string) (string, error) {
	original, err := filepath.Abs(filepath.Join(packageDir, m.file))
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	wrong, err := m.apply(string(source))
	if err != nil {
		return "", err
	}
	patched := filepath.Join(dir, m.file)
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
