// Package analyze is the task of the quickstart: it parses one Go file and
// measures the functions that the file declares.
//
// # What is measured
//
//  1. A function is every func declaration; a function literal is part of
//     the declaration around it.
//  2. Its name is the identifier alone, without receiver and package.
//  3. Its lines run from the word func to the closing brace, counted in
//     physical lines: //line directives change nothing. One without a body
//     runs to the end of its declaration.
//  4. Its complexity is 1 and one more for each if, for, range, non-default
//     case of a switch, non-default case of a select, && and ||. One without
//     a body has complexity 1.
//
// # Failure
//
// A file that does not parse is a [*ParseError]. Three kinds of file end or
// hang the whole program instead, past any recover; they stand for the bugs
// that a real analysis of foreign input has (see bugs.go).
package analyze
