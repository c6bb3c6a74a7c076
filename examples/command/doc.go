// The command example makes a typed function of a program that knows nothing of
// this library: gofmt, as it is installed.
//
// It sends the .go files below the Go tree's test data that do not parse
// through a pool of gofmt processes, reads exit code 2 and what stands on stderr
// into a typed error, and compares that with what go/format says in process. It
// prints a table, and exits with 1 when the two differ anywhere.
//
//	go run ./examples/command          the tree of the go tool that is found first
//	go run ./examples/command DIR      the .go files below DIR
package main
