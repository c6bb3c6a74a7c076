// Command readme keeps the list of guarantees in README.md equal to the tests
// that hold them, and docs/otp.md equal to those that hold what OTP does.
//
//	go run ./internal/readme          writes README.md and docs/otp.md
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
//
// A clause of OTP's supervisor, and what goes beyond them, are such lines, too:
//
//	// OTP 12: One sentence, which ends with a period.
//	// OTP 12.
//	// Beyond OTP: One sentence, which ends with a period.
//	// Unlike OTP: One sentence, which ends with a period.
package main
