package policy

import "strings"

// form is what a value is, before anybody asks what it should be.
type form uint8

const (
	nullForm form = iota
	boolForm
	intForm
	floatForm
	stringForm
	listForm
	mapForm
)

// String is for the sentence "x is …".
func (f form) String() string {
	return [...]string{"empty", "true or false", "a number", "a number", "a text", "a list", "a mapping"}[f]
}

// pos is a place in a file, from 1.
type pos struct{ line, col int }

// node is a value of a file, YAML or JSON, with aliases and merges resolved.
type node struct {
	form  form
	text  string // of a scalar, as it is written
	at    pos
	items []*node // of a list; of a mapping: key, value, key, value…
}

// pairs visits the keys of a mapping.
func (n *node) pairs(visit func(key, value *node)) {
	for i := 0; i+1 < len(n.items); i += 2 {
		visit(n.items[i], n.items[i+1])
	}
}

// isTrue reads a boolForm.
func (n *node) isTrue() bool { return strings.EqualFold(n.text, "true") }

func (n *node) isFalse() bool { return strings.EqualFold(n.text, "false") }

// get returns the value of a key, or nil.
func (n *node) get(name string) *node {
	var found *node
	n.pairs(func(key, value *node) {
		if key.text == name {
			found = value
		}
	})
	return found
}

// Bounds of a file. Aliases are copies: what counts is what they expand to.
const (
	maxBytes = 1 << 20
	maxNodes = 200_000
	maxDepth = 200
	maxTexts = 4 << 20 // bytes

	maxErrors = 1000
)

// builder makes nodes within the bounds, and remembers what is wrong.
type builder struct {
	file  string
	nodes int
	texts int  // bytes
	full  bool // a bound was met: nothing further is built
	cut   bool // a value was left out: what lacks may be there
	errs  Errors
}

// fail reports a mistake.
func (b *builder) fail(at pos, problem, hint string) { b.report(b.mistake(at, problem, hint)) }

func (b *builder) mistake(at pos, problem, hint string) *Error {
	return &Error{File: b.file, Line: max(at.line, 1), Column: max(at.col, 1), Problem: problem, Hint: hint}
}

// report keeps a mistake, unless there are too many for anybody to read.
func (b *builder) report(e *Error) {
	switch n := len(b.errs); {
	case n < maxErrors:
		b.errs = append(b.errs, e)
	case n == maxErrors:
		b.errs = append(b.errs, b.mistake(pos{e.Line, e.Column}, "there are more mistakes than are told", "correct the others first"))
	}
}

// leave reports a value that is left out.
func (b *builder) leave(at pos, problem, hint string) *node {
	b.cut = true
	b.fail(at, problem, hint)
	return nil
}

// count takes one more node, at that depth; false when there may be none.
func (b *builder) count(at pos, depth int) bool {
	switch {
	case b.full:
		return false
	case depth > maxDepth:
		b.full, b.cut = true, true
		b.fail(at, "the values are nested too deeply", "use at most 200 levels")
		return false
	case b.nodes >= maxNodes:
		b.full, b.cut = true, true
		b.fail(at, "the file has too many values, those behind its aliases included", "use at most 200000, or several files")
		return false
	}
	b.nodes++
	return true
}

// holds takes one more text; false when there is no room for it. What is made of
// a text, be it an error, is about as long.
func (b *builder) holds(at pos, text string) bool {
	if b.texts += len(text); b.texts > maxTexts && !b.full {
		b.full, b.cut = true, true
		b.fail(at, "the texts of the file are too long, those behind its aliases included", "use at most 4 MiB, or several files")
	}
	return !b.full
}

// duplicate reports a key that was there before, whose place is first.
func (b *builder) duplicate(key *node, first pos) {
	b.fail(key.at, quote(key.text)+" is given twice, here and in line "+itoa(first.line), "remove one of them")
}
