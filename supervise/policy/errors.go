package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake in a file, and what would be right. It never holds a
// value that came from the environment, nor one of a child's env.
type Error struct {
	File         string // as it was given to Load or Parse
	Line, Column int    // from 1; columns count characters
	Path         string // of the key, such as "supervisor.children[2].restart"; may be empty
	Problem      string // what is wrong
	Hint         string // what would be right
	Err          error  // of the system, when the file could not be read; otherwise nil
}

// Error is "file:line:column: what is wrong; what would be right".
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", e.File, e.Line, e.Column, e.Problem, e.Hint)
}

// Unwrap returns the system's error, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// Errors are all mistakes of a file, in the order of their places.
type Errors []*Error

// Error has one line for each.
func (e Errors) Error() string {
	var b strings.Builder
	for i, one := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.Error())
	}
	return b.String()
}

// Unwrap returns each, for errors.As and errors.Is.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}

// sorted returns them by place, each once: what stands behind an anchor is
// looked at for every alias of it. Without any it returns nil.
func (e Errors) sorted() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(e, func(a, b *Error) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Problem == b.Problem
	})
}
