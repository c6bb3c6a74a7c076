// Command readme makes the pages that are made of the tests: docs/guarantees.md
// of what is promised, docs/otp.md of what OTP does. Its own tests hold the
// README and the other pages: code in them stands in a Go file, links lead
// somewhere.
//
//	go run ./internal/readme          writes docs/guarantees.md and docs/otp.md
//	go run ./internal/readme -check   writes nothing; status 1 if one is old
//
// A guarantee is a line right above a test, in its comment, with the word of a
// group (groups.go has them):
//
//	// Guarantee(crash): One sentence, which ends with a period.
//
// A clause of OTP's supervisor, and what goes beyond them, are such lines, too:
//
//	// OTP 12: One sentence, which ends with a period.
//	// OTP 12.
//	// Beyond OTP: One sentence, which ends with a period.
//	// Unlike OTP: One sentence, which ends with a period.
package main
