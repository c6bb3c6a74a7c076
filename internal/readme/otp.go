package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Marks of the lines that docs/otp.md is made of.
const (
	otpMark    = "// OTP "
	beyondMark = "// Beyond OTP:"
	unlikeMark = "// Unlike OTP:"
)

// clauses is how many there are: none may be without a test.
const clauses = 51

// clause is a rule of OTP's supervisor and the tests that hold it.
type clause struct {
	sentence string
	tests    []marked
}

// collectOTP finds the clauses, whose numbers are the indexes from 1. A clause
// has its sentence in one of the lines; the others have only its number.
func collectOTP(tree fs.FS) ([]clause, error) {
	lines, err := find(tree, otpMark, "a clause of OTP")
	wrong := []error{err}
	all := make([]clause, clauses+1)
	for _, l := range lines {
		number, sentence, _ := strings.Cut(strings.TrimSuffix(l.text, "."), ":")
		if sentence != "" && strings.HasSuffix(l.text, ".") {
			sentence += "."
		}
		sentence = strings.TrimSpace(sentence)
		n, err := strconv.Atoi(number)
		switch {
		case err != nil || n < 1 || n > clauses:
			wrong = append(wrong, fmt.Errorf("%s: a clause of OTP has a number from 1 to %d", l.at, clauses))
			continue
		case sentence != "" && !strings.HasSuffix(sentence, "."):
			wrong = append(wrong, fmt.Errorf("%s: a clause of OTP is one line that ends with a period", l.at))
		case sentence != "" && all[n].sentence != "":
			wrong = append(wrong, fmt.Errorf("%s: clause %d has its sentence elsewhere", l.at, n))
		case sentence != "":
			all[n].sentence = sentence
		}
		all[n].tests = append(all[n].tests, l)
	}
	for n, c := range all[1:] {
		if c.sentence == "" {
			wrong = append(wrong, fmt.Errorf("no test says that it holds clause %d of OTP", n+1))
		}
		slices.SortStableFunc(c.tests, inOrder)
	}
	return all, errors.Join(wrong...)
}

func inOrder(a, b marked) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
}

const otpHead = `# OTP's supervisor, clause by clause

What a supervisor of Proctor does is what Erlang/OTP's supervisor(3) does. This
page is made of the tests, by go run ./internal/readme: each clause is the
comment of a test that fails without it. Behind them stand the scenarios of
supervise/testdata/otp, which were run on Erlang/OTP 25 and give the same trace
here line for line, on the bare machine and in the real shell; and, whenever CI
runs, 300 scenarios that nobody has seen before, held against Erlang/OTP on the
spot.

| clause | what it says | tests |
|---|---|---|
`

const beyondHead = `
## Beyond OTP

All of it is off unless asked for, but the ways to look and to take a request
back.

| what there is | tests |
|---|---|
`

const unlikeHead = `
## Where we differ

| what is otherwise | tests |
|---|---|
`

// renderOTP writes the page, which is in the folder docs.
func renderOTP(all []clause, unlike, beyond []marked) string {
	var b strings.Builder
	b.WriteString(otpHead)
	for n, c := range all[1:] {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", n+1, cell(c.sentence), links(c.tests))
	}
	b.WriteString(unlikeHead)
	renderLines(&b, unlike)
	b.WriteString(beyondHead)
	renderLines(&b, beyond)
	return b.String()
}

func renderLines(b *strings.Builder, lines []marked) {
	for _, l := range lines {
		fmt.Fprintf(b, "| %s | %s |\n", cell(l.text), links([]marked{l}))
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

func links(tests []marked) string {
	list := make([]string, 0, len(tests))
	for _, t := range tests {
		list = append(list, fmt.Sprintf("[%s](%s#L%d)", t.test, path.Join("..", t.file), t.line))
	}
	return strings.Join(list, ", ")
}

// otpPage is the whole page.
func otpPage(tree fs.FS) (string, error) {
	all, err := collectOTP(tree)
	if err != nil {
		return "", err
	}
	beyond, err := find(tree, beyondMark, "what goes beyond OTP")
	if err != nil {
		return "", err
	}
	unlike, err := find(tree, unlikeMark, "what is unlike OTP")
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(beyond, inOrder)
	slices.SortStableFunc(unlike, inOrder)
	return renderOTP(all, unlike, beyond), nil
}
