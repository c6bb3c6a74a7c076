// Command long does what takes too long for the tests of every day, and writes
// down what it saw.
//
//	go run ./internal/long NAME...         does it, and writes docs/long-runs.md
//	go run ./internal/long -short NAME...  does a short form of it, and writes nothing
//	go run ./internal/long                 says what there is
//
// The name all stands for every run. The status is 1 if a run found something.
//
// A run is a row of the table in table.go. It returns what it measured and
// every finding; a run without findings has passed. Its seed is drawn anew each
// time and written down; -seed repeats it.
package main
