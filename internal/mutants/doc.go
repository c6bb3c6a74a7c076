// Command mutants proves that the traces of Erlang/OTP notice mistakes: it
// puts plausible ones into the sources of package supervise, one at a time and
// only for the compiler (go test -overlay), and runs the scenarios on each.
// Every mutant must compile and give a trace that differs.
//
//	go run ./internal/mutants          all of them
//	go run ./internal/mutants window   those whose name contains "window"
//
// The sources themselves are never written, and have no hook for it.
package main
