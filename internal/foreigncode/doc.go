// Package foreigncode has the test of docs/foreign-code.md: every place where
// the library calls code of its user, and what happens when that panics, ends
// its goroutine, does not return, or is nil.
package foreigncode
