package main

import (
	"errors"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/table"
)

// fold puts the answer to one request into the table, whoever answered it. A
// file that does not parse is part of the table's text; any other error ends
// the run that it happened in, for a table without that file would be wrong.
func fold(t table.Table, out analyze.Result, err error) (table.Table, error) {
	if err == nil {
		return table.Fold(t, out), nil
	}
	if parse, ok := errors.AsType[*analyze.ParseError](err); ok {
		return table.FoldBroken(t, *parse), nil
	}
	return t, err
}
