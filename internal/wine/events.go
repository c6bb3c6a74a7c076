package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is one of those that go test -json prints (cmd/test2json).
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// id names a test of a package, or with an empty test the package itself.
type id struct{ pkg, test string }

func (i id) String() string { return strings.TrimSpace(i.pkg + " " + i.test) }

// result is how one test ended.
type result struct {
	action string // "pass", "fail" or "skip"; empty: it never ended
	output []string
}

// results are those of a run.
type results map[id]*result

// collect reads a stream of events. What the go command prints between them,
// such as the errors of a build, goes to other.
func collect(stream io.Reader, other io.Writer) (results, error) {
	all := results{}
	dec := json.NewDecoder(stream)
	for {
		var e event
		if err := dec.Decode(&e); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the events of go test: %w", err)
		}
		if e.Package == "" {
			_, _ = io.WriteString(other, e.Output)
			continue
		}
		all.add(e)
	}
}

func (all results) add(e event) {
	i := id{e.Package, e.Test}
	r := all[i]
	if r == nil {
		r = &result{}
		all[i] = r
	}
	switch e.Action {
	case "output":
		r.output = append(r.output, e.Output)
	case "pass", "fail", "skip":
		r.action = e.Action
	}
}

// ids are the tests and packages in order.
func (all results) ids() []id {
	return slices.SortedFunc(maps.Keys(all), func(a, b id) int {
		return strings.Compare(a.pkg+" "+a.test, b.pkg+" "+b.test)
	})
}

// why is the text that a test skipped with: the line that t.Skip prints is
// "    file.go:12: text".
func (r *result) why() string {
	for _, line := range r.output {
		place, text, found := strings.Cut(strings.TrimSpace(line), ": ")
		if found && strings.Contains(place, ".go:") {
			return text
		}
	}
	return ""
}
