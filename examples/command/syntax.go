package main

import (
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with a source file.
type Problem struct {
	File         string // of a //line directive; otherwise empty
	Line, Column int
	Text         string
}

// SyntaxError says why a source file does not parse.
type SyntaxError struct{ Problems []Problem }

// Error is the first problem, and how many more there are.
func (e *SyntaxError) Error() string {
	p := e.Problems[0]
	text := fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Text)
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Equal reports whether two errors tell of the same problems.
func (e *SyntaxError) Equal(o *SyntaxError) bool { return slices.Equal(e.Problems, o.Problems) }

// standardInput is how gofmt calls what it reads there.
const standardInput = "<standard input>"

// readErrors reads what gofmt says on stderr.
func readErrors(stderr []byte) error {
	line := regexp.MustCompile(`^(.*?):(\d+)(?::(\d+))?: (.*)$`)
	var e SyntaxError
	for text := range strings.Lines(string(stderr)) {
		m := line.FindStringSubmatch(strings.TrimRight(text, "\r\n"))
		if m == nil {
			return fmt.Errorf("gofmt says %q", text)
		}
		p := Problem{File: strings.TrimPrefix(m[1], standardInput), Text: m[4]}
		p.Line, _ = strconv.Atoi(m[2])
		p.Column, _ = strconv.Atoi(m[3])
		e.Problems = append(e.Problems, p)
	}
	if len(e.Problems) == 0 {
		return errors.New("gofmt failed and does not say why")
	}
	return &e
}

// inProcess formats the source without a process, with the same kind of error.
func inProcess(src []byte) ([]byte, error) {
	out, err := format.Source(src)
	list, ok := errors.AsType[scanner.ErrorList](err)
	if !ok {
		return out, err
	}
	var e SyntaxError
	for _, one := range list {
		e.Problems = append(e.Problems, Problem{File: one.Pos.Filename, Line: one.Pos.Line, Column: one.Pos.Column, Text: one.Msg})
	}
	return nil, &e
}
