// Package internal holds the tests of what the repository promises as a whole:
// who may import whom, what a program that uses the library pays for it, and
// what the library never does to its program. Beside it are the small programs
// that write and check parts of the repository.
package internal
