// Command readme keeps the list of guarantees in README.md equal to the tests
// that hold them.
//
//	go run ./internal/readme          writes the list into README.md
//	go run ./internal/readme -check   writes nothing; status 1 if it is old
//
// A guarantee is a line right above a test, in its comment:
//
//	// Guarantee: One sentence, which ends with a period.
//
// The list stands in README.md between two lines,
//
//	<!-- guarantees:begin -->
//	<!-- guarantees:end -->
package main
