package main

import (
	"fmt"
	"strings"
)

// known is what known.txt says.
type known struct {
	probe []string      // lines that the probe prints
	skips map[id]string // tests that may skip, with the line of the probe that is why
	other map[id]string // tests that are not in a Windows build, with the reason
}

// parseKnown reads lines of the three kinds
//
//	probe LINE
//	skips PACKAGE TEST: LINE
//	other PACKAGE TEST: REASON
//
// where PACKAGE is below the module. Empty lines and those that begin with #
// say nothing.
func parseKnown(module, text string) (known, error) {
	k := known{skips: map[id]string{}, other: map[id]string{}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := k.add(module, line); err != nil {
			return known{}, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return k, nil
}

func (k *known) add(module, line string) error {
	kind, rest, _ := strings.Cut(line, " ")
	if kind == "probe" {
		k.probe = append(k.probe, rest)
		return nil
	}
	into := map[string]map[id]string{"skips": k.skips, "other": k.other}[kind]
	if into == nil {
		return fmt.Errorf("%q is no kind of line", kind)
	}
	name, reason, _ := strings.Cut(rest, ": ")
	pkg, test, _ := strings.Cut(name, " ")
	if test == "" || reason == "" {
		return fmt.Errorf("want %s PACKAGE TEST: REASON", kind)
	}
	i := id{module + "/" + pkg, test}
	if _, twice := into[i]; twice {
		return fmt.Errorf("%v is there twice", i)
	}
	into[i] = reason
	return nil
}
