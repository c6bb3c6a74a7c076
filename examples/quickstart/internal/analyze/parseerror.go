package analyze

import (
	"errors"
	"fmt"
	"go/scanner"
)

// ParseError says that a file could not be measured, and where it is wrong.
// All fields are exported, so that it keeps its type across any codec.
type ParseError struct {
	File   string // as in the request
	Line   int    // physical line, from 1; 0: the file could not be read at all
	Column int    // in bytes, from 1; 0 with Line
	Msg    string // the first complaint about the file
}

// Error gives file:line:column: message, as compilers do.
func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// newParseError makes a ParseError of what go/parser returned for src. The
// position is counted from the offset, because go/parser's own one follows
// the //line directives of the file.
func newParseError(file string, src []byte, err error) *ParseError {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return &ParseError{File: file, Msg: err.Error()}
	}
	first := list[0]
	line, column := position(src, first.Pos.Offset)
	return &ParseError{File: file, Line: line, Column: column, Msg: first.Msg}
}

// position gives the physical line and column of an offset in src.
func position(src []byte, offset int) (line, column int) {
	line, column = 1, 1
	for _, b := range src[:min(max(offset, 0), len(src))] {
		if b == '\n' {
			line, column = line+1, 1
			continue
		}
		column++
	}
	return line, column
}
